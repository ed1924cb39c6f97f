// Made by "npm run generate" from crates/http/openapi.json. Do not edit.

export interface paths {
    "/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this server is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["About"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actuals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said to be true about one key, corrections and all; empty where nothing was. */
        get: {
            parameters: {
                query: {
                    /** @description What the answer is found by; of a forecast the values of its series and the date, joined by `|`. */
                    key: string;
                    /** @description The model. */
                    model_key: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActualHistory"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Takes in what turned out to be true; durable when answered. All of it or, where an item is wrong, nothing. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ActualsRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ActualsTaken"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Those that are not over, or were not so many days ago; 1 to 730. */
                    days?: number;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The model. */
                    model?: string;
                    /** @description The state. */
                    state?: components["schemas"]["AlertState"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Alert"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Somebody takes care of it: it goes on, and nobody is told again unless it becomes worse. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AcknowledgeBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                /** @description it is over, or has not fired */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A person says that it is over. While it still is so, it stays quiet until it was better once, becomes worse, or
         *     happens again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                /** @description it is over already */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Channels by name, each with its last message. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Channel"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a channel. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChannelDefinition"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Channel"];
                    };
                };
                /** @description the name is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a channel. A kept secret goes to no other place than before: it is asked for again. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ChannelDefinition"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Channel"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a channel. What is owed to it is given up; its record stays. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message that tries a channel, switched off or not. 200 whether it was taken or not: the body tells. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent to channels and how that went, newest first; kept for 90 days. */
        get: {
            parameters: {
                query?: {
                    /** @description The channel. */
                    channel?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description Where they stand. */
                    state?: components["schemas"]["DeliveryState"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Delivery"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every rule. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_AlertRule"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Sets rules; those that are not named stay. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertRulesBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_AlertRule"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Silences, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Silence"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a silence. Alerts go on as ever; nobody is told, until it ends and they are still so. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSilence"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Silence"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/alerts/silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a silence now. Its record stays. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Signs in. Sets the session cookie and gives the same secret as a bearer token. Where the account has a second factor
         *     and none is sent, the answer is 401 `second_factor_required` with a `challenge` for the next request.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Login"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedInView"];
                    };
                };
                /** @description too many attempts, see Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The second step of signing in. Answers as the first one does where nothing more is wanted. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SecondFactorLogin"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedInView"];
                    };
                };
                /** @description too many attempts, see Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the session that this request came by. With an API token it changes nothing. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how one may sign in here. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignInMethods"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the provider sends the browser back: signs in, and goes on to the page that was wanted. A refusal leads a
         *     browser to the sign-in page, and is told to a program.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description signed in, or back to the sign-in page */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description not signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends the browser to the provider. */
        get: {
            parameters: {
                query?: {
                    /** @description A page of the UI, such as `/models`. */
                    next?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description to the provider */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description there is none */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who is signed in; the same as `/auth/user-info`. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserInfo"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Deletes one's own account, its sessions and its tokens, and erases its name, addresses and programs from events and
         *     jobs. What was done stays in the history, by nobody.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Leaving"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is the last active system administrator's */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that is kept of oneself, in all workspaces, as one JSON document. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProfileExport"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes one's own password and ends one's other sessions. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description too many attempts, see Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells how one's second factor stands. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SecondFactorView"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Begins to enrol a second factor. Nothing asks for a code until it is confirmed by one; begun again, the secret
         *     before is forgotten.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EnrolRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnrolmentView"];
                    };
                };
                /** @description there is one already */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Turns one's second factor off. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BothFactors"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description there is no second factor */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirms the enrolment by a code, which turns the second factor on and ends one's other sessions. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Confirmation"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecoveryCodes"];
                    };
                };
                /** @description no enrolment was begun */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes ten new recovery codes; the old ones work no more. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BothFactors"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecoveryCodes"];
                    };
                };
                /** @description there is no second factor */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/profile/username": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Gives oneself another name. Sessions and tokens stay. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NameChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description the name is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes oneself a viewer's account, where the server allows it. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Credentials"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Registered"];
                    };
                };
                /** @description registration is off */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens, newest first. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_ApiToken"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes an API token. Its secret is in this answer and nowhere else. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MadeToken"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes one of one's own tokens. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tokens/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Revokes one of one's own tokens; it stays in the list. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/tokens/jwt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges one's session or API token for a signed token (JWT) that works for 15 minutes at most, and no longer than
         *     what it was made by.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewJwt"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MadeJwt"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/user-info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who is signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserInfo"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts by name, without deleted ones. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Enabled, or disabled. */
                    is_active?: boolean;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The tier. */
                    tier?: components["schemas"]["Tier"];
                    /** @description A part of the name, in any case. */
                    username?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_User"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes an account. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ManagedUser"];
                    };
                };
                /** @description the name is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One account. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Changes an account. Of one's own, the name only; the last active system administrator stays one. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserChanges"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ManagedUser"];
                    };
                };
                /** @description the name is taken, or it is the last active system administrator */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes an account: it signs in nowhere, its name may be taken again, and the history keeps naming it. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is the last active system administrator's */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/users/{user_id}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Turns off the second factor of somebody who lost his phone and his recovery codes. One's own is turned off in the
         *     profile.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description the account has no second factor */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendars/{country}/days": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The days of a year that are not what their weekday alone would make them: holidays, transferred days off, working
         *     Saturdays, short days, and all that the company corrected.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The year, 1900 to 2100; this one by default. */
                    year?: number;
                };
                header?: never;
                path: {
                    /** @description ISO 3166-1, `RU` */
                    country: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_SpecialDayView"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendars/{country}/days/{date}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Says what a day is, for every model that reads this country's calendar, from its next training on. A model's spec
         *     has the last word over it.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    country: string;
                    /** @description YYYY-MM-DD */
                    date: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DayBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CompanyDayView"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Leaves a day to the country's calendar again. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    country: string;
                    date: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description nothing was said of this day */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Datasets by key. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Dataset"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Uploads a file as a new version of a dataset; makes the dataset if it is not there. */
        post: {
            parameters: {
                query?: {
                    /** @description The date form, e.g. `DD.MM.YYYY`; else detected. */
                    dates?: string;
                    /** @description `.` or `,`; else detected. */
                    decimal?: string;
                    /** @description One character; else detected. */
                    delimiter?: string;
                    /** @description The encoding label (WHATWG), e.g. `windows-1251`; else detected. */
                    encoding?: string;
                    /** @description The file's name. */
                    file_name?: string;
                    /** @description The format; else by name and content. */
                    format?: components["schemas"]["FileFormat"];
                    /** @description The dataset's key. */
                    key?: string;
                    /** @description What to do with a bad row; default `refuse`. */
                    on_error?: components["schemas"]["OnError"];
                    /** @description Columns to keep as text, separated by commas. */
                    text_columns?: string;
                    /** @description What to call it. */
                    title?: string;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["RawFile"];
                    "application/vnd.apache.parquet": components["schemas"]["RawFile"];
                    "application/x-ndjson": string;
                    "multipart/form-data": components["schemas"]["UploadForm"];
                    "text/csv": string;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DatasetDetail"];
                    };
                };
                /** @description bad rows, see `refused` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A dataset with its columns, how it was read, and what its columns seem to be for. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DatasetDetail"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Hides a dataset. Refused while a model learns from it; versions stay readable for models that did. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a model uses it */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/{key}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Some rows of a version. */
        get: {
            parameters: {
                query?: {
                    /** @description Rows, 1 to 500; default 50. */
                    limit?: number;
                    /** @description Rows to skip. */
                    offset?: number;
                    /** @description The version's number; default the newest. */
                    version?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Preview"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/{key}/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The profile of each column of a version. */
        get: {
            parameters: {
                query?: {
                    /** @description The version's number; default the newest. */
                    version?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Profile"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/{key}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A dataset's versions, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_DatasetVersion"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads a file without storing anything: how it would be read, its columns, its first and its bad rows. */
        post: {
            parameters: {
                query?: {
                    /** @description The date form, e.g. `DD.MM.YYYY`; else detected. */
                    dates?: string;
                    /** @description `.` or `,`; else detected. */
                    decimal?: string;
                    /** @description One character; else detected. */
                    delimiter?: string;
                    /** @description The encoding label (WHATWG), e.g. `windows-1251`; else detected. */
                    encoding?: string;
                    /** @description The file's name. */
                    file_name?: string;
                    /** @description The format; else by name and content. */
                    format?: components["schemas"]["FileFormat"];
                    /** @description The dataset's key. */
                    key?: string;
                    /** @description What to do with a bad row; default `refuse`. */
                    on_error?: components["schemas"]["OnError"];
                    /** @description Columns to keep as text, separated by commas. */
                    text_columns?: string;
                    /** @description What to call it. */
                    title?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["RawFile"];
                    "application/vnd.apache.parquet": components["schemas"]["RawFile"];
                    "application/x-ndjson": string;
                    "multipart/form-data": components["schemas"]["UploadForm"];
                    "text/csv": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Inspection"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/drift/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compares what the serving version saw with what it was trained on. The job's `result` names the newest report. */
        post: {
            parameters: {
                query?: {
                    /** @description Seconds to wait for the end, 0 to 600. */
                    wait?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DriftCheck"];
                };
            };
            responses: {
                /** @description ended while waiting */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description the model is being checked; `job_id` says by which job */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/drift/daily-reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reports without their columns, the newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Reports whose last day is so many days back at most, 1 to 730; default 30. */
                    days?: number;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The model; all of them where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_DriftReport"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/drift/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A report with its columns: numbers, verdict and both histograms of each. */
        get: {
            parameters: {
                query?: {
                    /** @description Another report; `compared` then holds both, column by column. */
                    against?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DriftReportFull"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description The actor's name. */
                    actor?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description The address; for administrators. */
                    ip?: string;
                    /** @description The kind, or its first part with a dot (`job.`). */
                    kind?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The model concerned. */
                    model?: string;
                    /** @description Not before, RFC 3339. */
                    since?: string;
                    /** @description The door. */
                    source?: components["schemas"]["Source"];
                    /** @description Before, RFC 3339. */
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Event"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One event. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    seq: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Event"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/by-ip/{ip}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done from an address, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    ip: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Event"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/chain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The end of the chain, to be noted elsewhere: `vakhta audit verify --expect-head` tells later whether the history
         *     up to here is still there.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventChain"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/suspicious": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What in the history should be looked at, by explicit rules, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description Days, 1 to 90; default 7. */
                    days?: number;
                    /** @description The language of the reasons; default as `Accept-Language` says, else English. */
                    language?: components["schemas"]["Language"];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Suspicion"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forecasts series with intervals. The answer is in the prediction log when it is given. */
        post: {
            parameters: {
                query?: {
                    /** @description `json`, `csv`, `jsonl` or `parquet`; default as `Accept` says, else `json`. */
                    format?: string;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ForecastRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Forecast"];
                        "application/vnd.apache.parquet": components["schemas"]["RawFile"];
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
                /** @description nothing serves yet */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server can do its work. Always 200: the body tells. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many alerts fire, by severity. Always 200: the body tells. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertHealth"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Always 200 while the process answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alive"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 while requests can be served, 503 while a store cannot be reached or the disk is full. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description The kind. */
                    kind?: components["schemas"]["JobKind"];
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The model. */
                    model?: string;
                    /** @description Who asked for it, by name. */
                    owner?: string;
                    /** @description Asked for then or later, RFC 3339. */
                    since?: string;
                    /** @description The door that he came through. */
                    source?: components["schemas"]["Source"];
                    /** @description The state. */
                    state?: components["schemas"]["JobState"];
                    /** @description Asked for before, RFC 3339. */
                    until?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Job"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a job to stop. A queued one is cancelled at once, a running one within a second. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description it had ended before */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job's log, oldest line first. Ask again with `after` set to the last line's number. */
        get: {
            parameters: {
                query?: {
                    /** @description Lines after this one; default from the first. */
                    after?: number;
                    /** @description Lines in the answer, 1 to 500; default 500. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_JobLogLine"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a job that failed or was cancelled once more: a new job with the same input, which names the first one as
         *     `retry_of`. Whoever may ask for such a job may.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description it did not fail, or one does the same already; `job_id` says which */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of the whole server in the text format of Prometheus. For `metrics_token`, and for a system
         *     administrator's token.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain; version=0.0.4": string;
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Models by key. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Model"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Creates models from specs; with `apply`, changes those that are there. Every spec is checked before
         *     anything is done.
         */
        post: {
            parameters: {
                query?: {
                    /** @description Change models that are there instead of refusing; default false. */
                    apply?: boolean;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ModelSpec"];
                    "application/yaml": string;
                };
            };
            responses: {
                /** @description applied */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelChanges"];
                    };
                };
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelChanges"];
                    };
                };
                /** @description a model of that key exists */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model with its spec. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelDetail"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Replaces a model's spec. Versions keep the spec that they were trained by. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ModelSpec"];
                    "application/yaml": string;
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModelChange"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Hides a model and takes it out of service; its versions and decisions stay in the history. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is being trained */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/challenger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a version beside the champion. It is promoted or dropped by what its answers turn out to be worth. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Challenger"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Arm"];
                    };
                };
                /** @description one is tried already, nothing serves, or it may not serve */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Ends the trial of the challenger; the champion serves on. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description none is tried */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every decision about a model's versions, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Decision"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/deploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a version to serve, in one transaction and without a dropped request. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Deploy"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Deployment"];
                    };
                };
                /** @description it serves already, or may not serve */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model's deployments, newest first, and what answers beside its champion. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Deployments"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes back to an earlier version, in one transaction and without a dropped request. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Rollback"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Deployment"];
                    };
                };
                /** @description no other version served, or it may not serve */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The series that a model knows. */
        get: {
            parameters: {
                query?: {
                    /** @description A version by id or by the name given at training; default the serving one. */
                    version?: string;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SeriesKeys"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A model's versions, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Version"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version: by id, by the name given at training, or `champion`. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VersionDetail"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions/{version}/backtest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every row that the version's validation folds scored, by fold, series and date. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Only this fold, from 0. */
                    fold?: number;
                    /** @description `json`, `csv`, `jsonl` or `parquet`; default as `Accept` says, else `json`. */
                    format?: string;
                    /** @description Rows of a page of JSON, 1 to 500; default 50. Files hold all rows. */
                    limit?: number;
                    /** @description Only this series: its values of the series columns as a JSON list, e.g. `["Clark/Lake"]`. */
                    series?: string;
                    /** @description Only so many periods ahead, from 1. */
                    step?: number;
                };
                header?: never;
                path: {
                    key: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_BacktestRow"];
                        "application/vnd.apache.parquet": components["schemas"]["RawFile"];
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
                /** @description the version was not backtested */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions/{version}/backtest/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This version beside another of the same model, on the rows that both scored. */
        get: {
            parameters: {
                query: {
                    /** @description The version to compare with: by id, by the name given at training, or `champion`. */
                    with: string;
                };
                header?: never;
                path: {
                    key: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BacktestComparison"];
                    };
                };
                /** @description one was not backtested */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions/{version}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A version's model as an ONNX file, its pipeline and calibration included. Its input is `X`, rows of 32-bit
         *     numbers; its outputs are `label` and `probabilities`, or `value`. Only of models whose columns are all numbers
         *     or yes and no.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `onnx`, the only one and the default. */
                    format?: string;
                };
                header?: never;
                path: {
                    key: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": components["schemas"]["RawFile"];
                    };
                };
                /** @description ONNX cannot say what the version does */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models/{key}/versions/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a version of a model that another program learnt: an ONNX file of a perceptron or of trees, or LightGBM's
         *     text. Its inputs are the spec's numeric columns in their order. The version waits in state `trained` until a
         *     person deploys it; its quality is not measured.
         */
        post: {
            parameters: {
                query?: {
                    /**
                     * @description The labels of the classes in the file's order, separated by commas: for files that do not name them, or to
                     *     name them otherwise.
                     */
                    classes?: string;
                    /** @description `onnx` or `lightgbm`; else told by the content. */
                    format?: string;
                    /** @description Why, in words. */
                    reason?: string;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": components["schemas"]["RawFile"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VersionDetail"];
                    };
                };
                /** @description the model is a forecast */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description the file cannot be read, or is no model of this spec */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/alerts/recent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts of the last days, and how many of them fire now. */
        get: {
            parameters: {
                query?: {
                    /** @description Days back, 1 to 730; default 7. */
                    days?: number;
                    /** @description The model; every model and source where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecentAlerts"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the watch over each model sees what it should. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MonitoringHealth"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/performance/calculate-daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes daily metrics now. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CalculateDaily"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description they are being computed; `job_id` says by which job */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/performance/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a model errs: by weekday, distance, series, kind of day and size, with its largest misses. */
        get: {
            parameters: {
                query?: {
                    /** @description Days up to today, 1 to 92; default 30. */
                    days?: number;
                    /** @description The model; the only one where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErrorAnalysis"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/performance/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a model does by series, the worst first. The classes of a classification stand in the quality of its summary. */
        get: {
            parameters: {
                query?: {
                    /** @description Days up to today, 1 to 730; default 30. */
                    days?: number;
                    /** @description The model; the only one where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PerformanceSegments"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/performance/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a model does on live answers: mean, best and worst day, trend, bias, coverage, age and freshness. */
        get: {
            parameters: {
                query?: {
                    /** @description Days up to today, 1 to 730; default 30. */
                    days?: number;
                    /** @description The model; the only one where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PerformanceSummary"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/retrain/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every time that retraining was asked for, newest first; `result` says what became of it. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                    /** @description The model; all of them where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Job"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/retrain/manual": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trains a model again. The new version serves if it is better than the serving one on the same rows, by more than the
         *     policy's floor and beyond chance.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RetrainRequest"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description the model is being trained; `job_id` says by which job */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/monitoring/retrain/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When retraining will be asked for, whether it is under way, and how it ended the last time. */
        get: {
            parameters: {
                query?: {
                    /** @description The model; all of them where it is left out. */
                    model_key?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RetrainStatus"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This API, described. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": Record<string, never>;
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Predicts records: by a job, or in the same call for a caller that waits. */
        post: {
            parameters: {
                query?: {
                    /** @description Over 0: answer in this call instead of by a job. `Prefer: wait=SECONDS` says the same. */
                    wait?: number;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PredictRequest"];
                };
            };
            responses: {
                /** @description waited for */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Predictions"];
                    };
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description nothing serves yet */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/predict/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A prediction that was asked for earlier: where it stands, and its result once completed, if wanted as a file. */
        get: {
            parameters: {
                query?: {
                    /** @description `json`, `csv`, `jsonl` or `parquet`; default as `Accept` says, else `json`. */
                    format?: string;
                };
                header?: never;
                path: {
                    job_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PredictResult"];
                        "application/vnd.apache.parquet": components["schemas"]["RawFile"];
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
                /** @description as a file: it is not completed */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Measures a version on labelled records. Nothing is logged. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QualityRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MeasuredQuality"];
                    };
                };
                /** @description nothing serves yet */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks in SQL about what the workspace keeps: predictions, actuals, daily metrics, events, decisions, jobs, models,
         *     versions and every dataset. It only reads. Files say by the header `X-Vakhta-Truncated` whether rows were left out.
         */
        post: {
            parameters: {
                query?: {
                    /** @description `json`, `csv` or `jsonl`; default as `Accept` says, else `json`. */
                    format?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QueryRequest"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueryAnswer"];
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
                /** @description the statement is wrong, or does more than read */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description it takes more time or memory than it may */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description the program was built without SQL */
                501: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description as many queries are being answered as may be at once */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Schedules by id. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Schedule"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a schedule. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSchedule"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes or pauses a schedule. The times of one that follows a spec are changed in the spec. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ScheduleChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Schedule"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Removes a schedule that a person made. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does now what a schedule asks for, paused or not; its next moment stays. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description a job of that model is under way; `job_id` says which */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/model.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of a model spec, for editors. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/schema+json": Record<string, never>;
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sources by key. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_DataSource"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a source and its schedule. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SourceDefinition"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataSource"];
                    };
                };
                /** @description the key is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One source. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataSource"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Gives a source another definition. Where rows come from elsewhere, or are read otherwise, all are read again. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SourceDefinition"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataSource"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Deletes a source with its schedule and its runs. The dataset stays. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{key}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A source's runs, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_SyncRun"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{key}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads a source now; with `wait`, answers the job where it ended in that time. */
        post: {
            parameters: {
                query?: {
                    /** @description Seconds to wait for the end, 0 to 600. */
                    wait?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description ended while waiting */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description the source is being read; `job_id` says by which job */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/train": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queues a training; with `wait`, answers the job where it ended in that time. */
        post: {
            parameters: {
                query?: {
                    /** @description Seconds to wait for the end, 0 to 600. */
                    wait?: number;
                };
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TrainRequest"];
                };
            };
            responses: {
                /** @description ended while waiting */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Job"];
                    };
                };
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobAccepted"];
                    };
                };
                /** @description the model is being trained; `job_id` says by which job */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the server is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceServer"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Always 200 while the process answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceLive"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 while requests can be served, 503 while a store cannot be reached or the disk is full. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceReady"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceReady"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The serving version of a model: the tensors that it takes and gives. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceModel"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answers tensors by the serving version. Bodies may be compressed by gzip or deflate; tensors may travel in
         *     binary, with the length of the JSON in `Inference-Header-Content-Length`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InferenceRequest"];
                    "application/octet-stream": components["schemas"]["RawFile"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceResponse"];
                        "application/octet-stream": components["schemas"]["RawFile"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 while the model has a version that serves and can be loaded. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceModelReady"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A version of a model: the tensors that it takes and gives. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceModel"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}/infer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers tensors by one version. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InferenceRequest"];
                    "application/octet-stream": components["schemas"]["RawFile"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceResponse"];
                        "application/octet-stream": components["schemas"]["RawFile"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/models/{name}/versions/{version}/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 while this version can be loaded. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                    version: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InferenceModelReady"];
                    };
                };
                /** @description a refusal */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description what is wrong, for people */
                            error: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The workspaces that one belongs to, by key; all of them for a system administrator. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Workspace"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Makes a workspace, empty. Nothing of one is seen in another. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The same key and request give the same answer; another request with it is refused. */
                    "Idempotency-Key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewWorkspace"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                /** @description the key is taken */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One workspace that one belongs to. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Workspace"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{key}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who belongs to a workspace, by name. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description Rows in the answer, 1 to 500; default 50. */
                    limit?: number;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List_Member"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{key}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lets an account into a workspace, or gives it another role there. For administrators of that workspace. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is the account's home */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Sends an account away from a workspace: its tokens of this workspace end, its sessions go on at home. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workspaces/{key}/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves one's session to another workspace: its later requests see that one. A single request goes elsewhere by
         *     the header `X-Vakhta-Workspace`; a token stays in the workspace that it was made in.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description the request came with a token */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live news by WebSocket. Send `{"subscribe": ["jobs", "events", "models/KEY"], "after": SEQ}`; `after` is
         *     optional and resumes from there. Messages have a `type`: `hello`, `event`, `job`, `job_log`, `resync`
         *     (too much was missed: read everything again), `error`.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description news follow */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a problem; `code` says which */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What this server is. */
        About: {
            /** @description The program as trained versions record it. */
            code_version: string;
            /** @description `sqlite` or `postgresql`. */
            database: string;
            /** @description `local` or `s3`. */
            objects: string;
            /**
             * Format: date-time
             * @description When it started.
             */
            started_at: string;
            /** @description The release. */
            version: string;
            /** @description The caller's workspace. */
            workspace: string;
        };
        /** @description What somebody who takes care of an alert says. */
        AcknowledgeBody: {
            /** @description A word to others. */
            note?: string | null;
        };
        /** @description Who takes care of an alert. */
        Acknowledged: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who, by name. */
            by: string;
            /** @description What he said. */
            note: string | null;
        };
        /** @description Every word about one key. */
        ActualHistory: {
            /** @description The newest first; only that one counts. */
            versions: components["schemas"]["ActualVersion"][];
        };
        /** @description One actual: of a forecast named by series and date, else by its key. */
        ActualItem: {
            /** @description Of a forecast: the first day of the period, YYYY-MM-DD. */
            date?: string | null;
            /** @description What the answer is found by. Of a record: the `request_id` of its prediction, `|`, its place in the request. */
            key?: string | null;
            /** @description Of a classification: the true class. */
            label?: string | null;
            /** @description Of a forecast: the values of the series columns in their order. */
            series?: string[] | null;
            /**
             * Format: double
             * @description What turned out to be true, a number.
             */
            value?: number | null;
        };
        /** @description Answers and what is known of them. */
        ActualsCoverage: {
            /**
             * Format: int64
             * @description Answers whose day is over, or whose actual is there already.
             */
            answers: number;
            /**
             * Format: double
             * @description Their share, percent.
             */
            percent: number | null;
            /**
             * Format: int64
             * @description Those that have an actual.
             */
            with_actual: number;
        };
        /** @description Actuals of a model. */
        ActualsRequest: {
            /** @description At most 50,000. What came before under the same key is replaced and kept; the same again changes nothing. */
            items: components["schemas"]["ActualItem"][];
            /** @description The model. */
            model_key: string;
        };
        /** @description What became of actuals. */
        ActualsTaken: {
            /**
             * Format: int64
             * @description Those that were not known before.
             */
            added: number;
            /**
             * Format: int64
             * @description Those that say something else than before.
             */
            corrected: number;
            /**
             * Format: int64
             * @description Different keys that came.
             */
            received: number;
            /**
             * Format: int64
             * @description Those that say the same.
             */
            unchanged: number;
        };
        /** @description One word. */
        ActualVersion: {
            /**
             * Format: date-time
             * @description When it came.
             */
            at: string;
            /** @description or a class. */
            label: string | null;
            /**
             * Format: int32
             * @description 1, 2, 3 …
             */
            revision: number;
            /** @description `api`, or the version of the dataset. */
            source: string;
            /**
             * Format: double
             * @description A number,
             */
            value: number | null;
        };
        /** @description An alert. */
        Alert: {
            acknowledged: components["schemas"]["Acknowledged"] | null;
            /** @description What else is known. */
            detail: components["schemas"]["AlertDetail"];
            /** @description The same for every alert of one rule and subject. */
            fingerprint: string;
            /**
             * Format: date-time
             * @description When it fired; null while it waits.
             */
            fired_at: string | null;
            /** @description Its identity. */
            id: string;
            /**
             * Format: double
             * @description The limit.
             */
            limit: number | null;
            /** @description The model concerned; null for a source. */
            model: string | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            resolved_at: string | null;
            /** @description Who said so; null where it was over by itself. */
            resolved_by: string | null;
            /** @description The rule that it is of. */
            rule: components["schemas"]["AlertRuleKind"];
            /** @description How bad it is now. */
            severity: components["schemas"]["Severity"];
            /** @description The silence that keeps it quiet. */
            silenced_by: string | null;
            /**
             * Format: date-time
             * @description When it was first seen.
             */
            since: string;
            /** @description Where it stands. */
            state: components["schemas"]["AlertState"];
            /** @description What it is about: a model, a source, or `MODEL/WORK` for a kind of jobs. */
            subject: string;
            /** @description The same in English. */
            summary_en: string;
            /** @description What it is in one line, in Russian. */
            summary_ru: string;
            /**
             * Format: double
             * @description The number that is over its limit; null where the rule measures nothing.
             */
            value: number | null;
        };
        /** @description What is known beside an alert's number. */
        AlertDetail: {
            /**
             * Format: int64
             * @description Scored answers that the number was taken over.
             */
            answers: number | null;
            /**
             * Format: double
             * @description What it is compared with: last week's number, that of training, the model's age, or a branch's limit.
             */
            compared: number | null;
            /**
             * Format: int32
             * @description Days that it was taken over.
             */
            days: number | null;
            /** @description What the system decided about the model last. */
            decision: string | null;
            /**
             * Format: date-time
             * @description When it was decided.
             */
            decision_at: string | null;
            /** @description The version that this was about. */
            decision_version: string | null;
            /** @description Why a job or a source failed. */
            error: string | null;
            /** @description The job that failed. */
            job_id: string | null;
            /** @description Branches or columns, the worst first. */
            names: string[];
        };
        /** @description How many alerts fire, over everything that this server keeps. */
        AlertHealth: {
            /**
             * Format: int64
             * @description Firing or acknowledged, critical.
             */
            critical: number;
            /** @description `ok`, `warning` or `critical`: the worst that fires. */
            status: string;
            /**
             * Format: int64
             * @description Firing or acknowledged, warnings.
             */
            warning: number;
        };
        /** @description A rule of the workspace. What a model's spec says (`policies.alerts`) goes before it. */
        AlertRule: {
            /** @description Whether it is as it is by default. */
            is_default: boolean;
            /** @description Whether it compares a number with limits; others are so or not. */
            measured: boolean;
            /** @description What it watches. */
            rule: components["schemas"]["AlertRuleKind"];
            /** @description How it is set. */
            settings: components["schemas"]["RuleSettings"];
        };
        /** @description How one rule is to be set. */
        AlertRuleChange: {
            /** @description Which. */
            rule: components["schemas"]["AlertRuleKind"];
            settings?: components["schemas"]["RuleSettings"] | null;
        };
        /**
         * @description What a rule watches.
         * @enum {string}
         */
        AlertRuleKind: "mape" | "accuracy_drop" | "degradation" | "branches" | "bias" | "bias_share" | "drift" | "data_late" | "model_age" | "job_failed" | "source_failed" | "rollback";
        /** @description Rules to be set. */
        AlertRulesBody: {
            /** @description Those that are to be otherwise; the rest stays. */
            rules: components["schemas"]["AlertRuleChange"][];
        };
        /**
         * @description Where an alert stands.
         * @enum {string}
         */
        AlertState: "pending" | "firing" | "acknowledged" | "resolved";
        /** @description That the process answers. */
        Alive: {
            /** @description `ok`. */
            status: string;
        };
        /** @description A named API token, without its secret. */
        ApiToken: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it stops working.
             */
            expires_at: string;
            /** @description Its identity. */
            id: string;
            /**
             * Format: date-time
             * @description The last request with it, to the minute.
             */
            last_used_at: string | null;
            /** @description What its owner calls it. */
            name: string;
            /** @description The first characters of the secret, to recognise it by. */
            prefix: string;
            /**
             * Format: date-time
             * @description When its owner revoked it.
             */
            revoked_at: string | null;
            /** @description What it is held to; null for all that its owner may do. */
            scopes: components["schemas"]["Permission"][] | null;
        };
        /** @description A version that answers beside the champion. */
        Arm: {
            /** @description The champion that it is held against. */
            against: string;
            /**
             * Format: int64
             * @description Days that it lasts, at most; of a canary those of a step.
             */
            days: number;
            /** @description The decision that put it there. */
            decision_id: string;
            /** @description Whom it answers. */
            mode: components["schemas"]["ArmMode"];
            /** @description What it is there for: `former` in the new champion's probation, or `challenger`. */
            part: components["schemas"]["ArmPart"];
            /**
             * Format: double
             * @description The share of the keys that it answers now, 0 to 1.
             */
            share: number;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description Of a canary: the step that it is on, from 0. */
            step: number | null;
            /**
             * Format: date-time
             * @description Since when it has had its share.
             */
            step_since: string;
            /** @description Of a canary: the share of each step. */
            steps: number[] | null;
            /** @description The version. */
            version: string;
        };
        /**
         * @description Whom a version beside the champion answers.
         * @enum {string}
         */
        ArmMode: "shadow" | "ab" | "canary";
        /**
         * @description What a version beside the champion is there for.
         * @enum {string}
         */
        ArmPart: "former" | "challenger";
        /** @description How two versions differ on the rows that both scored. */
        BacktestComparison: {
            /** @description Step by step. */
            by_horizon: components["schemas"]["BacktestHorizonDifference"][];
            /** @description Series by series. */
            by_series: components["schemas"]["BacktestSeriesDifference"][];
            /**
             * Format: int64
             * @description Rows whose actual was corrected between the two trainings.
             */
            changed_actuals: number;
            /**
             * Format: int64
             * @description Rows that only this version scored.
             */
            only_first: number;
            /**
             * Format: int64
             * @description Rows that only the other scored.
             */
            only_second: number;
            /** @description On all paired rows. */
            overall: components["schemas"]["BacktestDifference"];
            /**
             * @description `same_step`: same series, date and distance. `same_date`: the folds have nothing in common, so the same
             *     series and date were forecast from different distances.
             */
            paired_by: string;
        };
        /** @description How two versions differ on some rows. */
        BacktestDifference: {
            /**
             * Format: double
             * @description Other less this, percentage points: negative where the other is better.
             */
            change: number | null;
            /**
             * Format: double
             * @description WAPE of this version, percent; null where all actuals are zero.
             */
            first: number | null;
            /**
             * Format: int64
             * @description Rows on which this version is closer.
             */
            first_closer: number;
            /**
             * Format: int64
             * @description Rows.
             */
            n: number;
            /**
             * Format: double
             * @description WAPE of the other.
             */
            second: number | null;
            /**
             * Format: int64
             * @description Rows on which the other is closer.
             */
            second_closer: number;
        };
        /** @description The difference at one distance. */
        BacktestHorizonDifference: {
            /** @description The difference. */
            difference: components["schemas"]["BacktestDifference"];
            /** @description Periods ahead, from 1. */
            step: number;
        };
        /** @description A row that was scored. */
        BacktestRow: {
            /**
             * Format: double
             * @description What happened.
             */
            actual: number;
            /**
             * Format: date
             * @description The last day that the fold learnt from.
             */
            cutoff: string | null;
            /**
             * Format: date
             * @description The first day of its period.
             */
            date: string;
            /** @description Its fold, from 0. */
            fold: number;
            /**
             * Format: double
             * @description What the version said.
             */
            forecast: number;
            /** @description The version's intervals; empty where none could be made before the fold. */
            intervals: components["schemas"]["Interval"][];
            /**
             * Format: double
             * @description What the seasonal naive said.
             */
            seasonal_naive: number;
            /** @description Its values of the series columns. */
            series: string[];
            /** @description Periods ahead, from 1. */
            step: number;
            /**
             * Format: double
             * @description What the same-weekday mean said.
             */
            weekday_mean: number;
        };
        /** @description The difference on one series. */
        BacktestSeriesDifference: {
            /** @description The difference. */
            difference: components["schemas"]["BacktestDifference"];
            /** @description Its values of the series columns. */
            series: string[];
        };
        /** @description A row that does not parse. */
        BadRow: {
            /** @description The column, where one value is at fault. */
            column: string | null;
            /**
             * Format: int64
             * @description Its line in the file, the header being 1 (the row's number in Parquet).
             */
            line: number;
            /** @description What is wrong. */
            reason: string;
            /** @description The offending text. */
            text: string;
        };
        /** @description The password and the second factor, to show that it is oneself. */
        BothFactors: {
            /** @description The six digits that the app shows. */
            code?: string | null;
            /** @description The password as it is. */
            current_password: string;
            /** @description One of the recovery codes instead. */
            recovery_code?: string | null;
        };
        /** @description Access to a bucket. */
        BucketAccess: {
            /** @description The key's name. */
            access_key: string;
            /**
             * @description The address of another store than Amazon's; taken where the server's `source_private` is on.
             * @default null
             */
            endpoint: string | null;
            /**
             * @description The region.
             * @default null
             */
            region: string | null;
            /** @description The key's secret, by reference: `${env:VAKHTA_SECRET_…}` or `${file:…}`. */
            secret_key: string;
        };
        /** @description What is to be computed. */
        CalculateDaily: {
            /** @description The model; the only one where it is left out. */
            model_key?: string | null;
            /**
             * @description Whether every day is computed again, not only those of which something new is known; the numbers stay the same.
             *     Default false.
             */
            recalculate?: boolean;
        };
        /** @description An engine that was tried. */
        Candidate: {
            /** @description Its name in a spec. */
            engine: string;
            /** @description Its quality on held-out rows. */
            quality: components["schemas"]["Quality"];
            /**
             * Format: double
             * @description Seconds of work that training took it, all threads together; none where the caller gave no clock.
             */
            seconds: number | null;
        };
        /** @description A version to be tried beside the champion. */
        Challenger: {
            /**
             * Format: int32
             * @description Of `canary` the days of a step, default 3; else the days that it is tried at most, default the policy's
             *     `probation_days`.
             */
            days?: number | null;
            /** @description Whom it answers. */
            mode: components["schemas"]["ArmMode"];
            /** @description Why, in words. */
            reason?: string | null;
            /**
             * Format: double
             * @description Of `ab`: the share of the keys, above 0 and below 1.
             */
            share?: number | null;
            /** @description Of `canary`: the share of each step, growing; default 0.05, 0.25, 0.5. After the last it serves all. */
            steps?: number[] | null;
            /** @description The version, by id or by the name given at training. */
            version: string;
        };
        /**
         * @description What describing a model did.
         * @enum {string}
         */
        Change: "created" | "changed" | "unchanged";
        /** @description A channel. Of its secrets only the names of those that are set. */
        Channel: {
            /** @description The server that it leads to; null where a reference hides it. */
            address: string | null;
            chat: components["schemas"]["ChatTarget"] | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            email: components["schemas"]["EmailTarget"] | null;
            /** @description Whether it is told at all. */
            enabled: boolean;
            /** @description Its identity. */
            id: string;
            /** @description Where it leads. */
            kind: components["schemas"]["ChannelKind"];
            /** @description The language of its messages. */
            language: components["schemas"]["Language"];
            last_delivery: components["schemas"]["Delivery"] | null;
            /** @description What is less bad is not told. */
            least_severity: components["schemas"]["Severity"];
            /** @description The models that it is told of; all, and sources, where empty. */
            models: string[];
            /** @description What people call it. */
            name: string;
            /** @description The secrets that are set: of `url`, `token` and `password`. */
            secrets_set: string[];
            /** @description Whether it is told that something is over. */
            send_resolved: boolean;
            telegram: components["schemas"]["TelegramTarget"] | null;
        };
        /**
         * @description What a channel is. `url`, `token` and `password` are kept, never shown, and may be references
         *     (`${env:VAKHTA_SECRET_…}`, `${file:…}`); in a change what is left out stays, and an empty text takes one away.
         */
        ChannelDefinition: {
            chat?: components["schemas"]["ChatTarget"] | null;
            email?: components["schemas"]["EmailTarget"] | null;
            /** @description Whether it is told at all; true by default. */
            enabled?: boolean | null;
            /** @description Where it leads. */
            kind: components["schemas"]["ChannelKind"];
            language?: components["schemas"]["Language"] | null;
            least_severity?: components["schemas"]["Severity"] | null;
            /** @description The models that it is told of; all, and sources, where empty. */
            models?: string[];
            /** @description What people call it, unique. */
            name: string;
            /** @description The password of the mail server, of `email`. */
            password?: string | null;
            /** @description Whether it is told that something is over; true by default. */
            send_resolved?: boolean | null;
            telegram?: components["schemas"]["TelegramTarget"] | null;
            /** @description The bearer of a `webhook`, or the bot's token of `telegram`. */
            token?: string | null;
            /** @description The address of the hook, of `webhook` and `chat`. */
            url?: string | null;
        };
        /**
         * @description The kinds of channels.
         * @enum {string}
         */
        ChannelKind: "webhook" | "email" | "telegram" | "chat";
        /** @description An incoming web hook of Slack or Mattermost. */
        ChatTarget: {
            /**
             * @description Another channel than the hook's own, where the server allows it.
             * @default null
             */
            channel: string | null;
        };
        /** @description Part by part: `ok` or `failed`. */
        Checks: {
            /** @description The database. */
            database: string;
            /** @description The disk: that it has room. */
            disk: string;
            /** @description The object store. */
            objects: string;
            /** @description The queue of jobs. */
            queue: string;
        };
        /** @description One class. */
        ClassMetrics: {
            /** @description Its label. */
            class: string;
            /**
             * Format: double
             * @description Their harmonic mean.
             */
            f1: number | null;
            /**
             * Format: uint64
             * @description Rows of it.
             */
            n: number;
            /**
             * Format: double
             * @description The share of what was said to be of it that is.
             */
            precision: number | null;
            /**
             * Format: uint64
             * @description Rows that were said to be of it.
             */
            predicted: number;
            /**
             * Format: double
             * @description The share of its rows that were found.
             */
            recall: number | null;
        };
        /** @description How right a classifier is. Shares are 0 to 1. `None` where undefined on these rows. */
        ClassQuality: {
            /**
             * Format: double
             * @description The share of rows whose most probable class is the true one.
             */
            accuracy: number | null;
            /**
             * Format: double
             * @description The share of answers at or above the confidence threshold.
             */
            answered: number | null;
            /**
             * Format: double
             * @description The accuracy among them.
             */
            answered_accuracy: number | null;
            /**
             * Format: double
             * @description The mean over classes present of recall.
             */
            balanced_accuracy: number | null;
            /** @description Class by class, most rows first. */
            classes: components["schemas"]["ClassMetrics"][];
            /** @description What is taken for what, most frequent first; at most two hundred pairs. */
            confusion: components["schemas"]["Confusion"][];
            /**
             * Format: double
             * @description Expected calibration error (Naeini 2015): fifteen bins of equal width by confidence.
             */
            ece: number | null;
            /**
             * Format: double
             * @description The mean of -ln p(true class), with p at least 1e-15.
             */
            log_loss: number | null;
            /**
             * Format: double
             * @description The mean over classes, present or answered, of F1.
             */
            macro_f1: number | null;
            /**
             * Format: uint64
             * @description Rows scored.
             */
            n: number;
            /** @description Confidence against accuracy, by bin; empty bins are left out. */
            reliability: components["schemas"]["ReliabilityBin"][];
            /**
             * Format: double
             * @description The share of rows whose true class is among the three most probable.
             */
            top3: number | null;
            /**
             * Format: uint64
             * @description Rows whose true class was never learnt; they count as errors.
             */
            unknown: number;
            /**
             * Format: double
             * @description The mean over classes of F1, weighted by rows.
             */
            weighted_f1: number | null;
        };
        /** @description A column and what its values look like. */
        Column: {
            /** @description The type of its values. */
            kind: components["schemas"]["ColumnKind"];
            /** @description As in the file's header. */
            name: string;
            /** @description Its profile. */
            profile: components["schemas"]["ColumnProfile"];
        };
        /** @description A column's name and type. */
        ColumnHead: {
            /** @description The type of its values. */
            kind: components["schemas"]["ColumnKind"];
            /** @description As in the file's header. */
            name: string;
        };
        /**
         * @description The type of a column's values.
         * @enum {string}
         */
        ColumnKind: "integer" | "float" | "boolean" | "date" | "timestamp" | "text";
        /** @description A column's values in short. Numbers are texts, since JSON would lose 64-bit integers. */
        ColumnProfile: {
            /**
             * Format: int64
             * @description Values present.
             */
            count: number;
            /**
             * Format: int64
             * @description Distinct values, up to 10,000; null beyond.
             */
            distinct: number | null;
            /** @description The largest value. */
            max: string | null;
            /** @description The arithmetic mean, of numbers only. */
            mean: string | null;
            /** @description The smallest value. */
            min: string | null;
            /**
             * Format: int64
             * @description Values absent.
             */
            missing: number;
            /** @description The commonest values with their counts, at most 10. */
            top: [
                string,
                number
            ][];
        };
        /** @description What the company said of a day. */
        CompanyDayView: {
            /** @description What it is. */
            kind: components["schemas"]["DayKind"];
            /** @description Why. */
            note: string | null;
            /**
             * Format: date-time
             * @description When it was last written.
             */
            set_at: string;
            /** @description By which account. */
            set_by: string | null;
        };
        /** @description A code of the app that was enrolled. */
        Confirmation: {
            /** @description The six digits that it shows. */
            code: string;
        };
        /** @description Rows of one class that were taken for another. */
        Confusion: {
            /**
             * Format: uint64
             * @description How many.
             */
            n: number;
            /** @description What was said. */
            said: string;
            /** @description What they are. */
            truth: string;
        };
        /** @description What one part of a record did to its prediction. */
        Contribution: {
            /**
             * Format: double
             * @description By how much it moved the score.
             */
            effect: number | null;
            /** @description The column. */
            feature: string;
            /** @description What the record holds there; null where it is missing, or where a word is named. */
            value: string | null;
            /** @description The word, where the column is text and its words are told apart. */
            word: string | null;
        };
        /** @description A name and a password. */
        Credentials: {
            /** @description Its password. */
            password: string;
            /** @description The account's name. */
            username: string;
        };
        /** @description Something about the data that people should know. */
        DataNote: {
            /** @description A stable code, e.g. `duplicates_summed`. */
            code: string;
            /**
             * Format: int64
             * @description How many rows, days or series it concerns.
             */
            count: number;
            /** @description In words. */
            text: string;
        };
        /** @description A named table with its newest version. */
        Dataset: {
            /**
             * Format: int64
             * @description Its size as stored.
             */
            bytes: number;
            /** @description Its columns. */
            columns: number;
            /**
             * Format: date-time
             * @description When it was first uploaded.
             */
            created_at: string;
            /** @description Its key. */
            key: string;
            /**
             * Format: int64
             * @description Its rows.
             */
            rows: number;
            /** @description What people call it. */
            title: string;
            /**
             * Format: date-time
             * @description When its newest version came in.
             */
            updated_at: string;
            /**
             * Format: int32
             * @description The newest version's number.
             */
            version: number;
            /** @description The newest version's identity. */
            version_id: string;
        };
        /** @description A dataset with its columns and how its newest version was read. */
        DatasetDetail: components["schemas"]["Dataset"] & {
            /** @description The columns, in order, each with its profile. */
            columns_detail: components["schemas"]["Column"][];
            guess: components["schemas"]["RoleGuess"] | null;
            /** @description How the file was read. */
            read_as: components["schemas"]["ReadAs"];
            /** @description Rows left out. */
            refused: components["schemas"]["Refused"];
            /** @description SHA-256 of the stored rows. */
            sha256: string;
        };
        /** @description One immutable set of rows. */
        DatasetVersion: {
            /**
             * Format: int64
             * @description Its size as stored.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description When it came in.
             */
            created_at: string;
            /** @description Who brought it, by id; null for the system. */
            created_by: string | null;
            /** @description Its identity. */
            id: string;
            /**
             * Format: int32
             * @description 1, 2, 3 … within the dataset.
             */
            number: number;
            /**
             * Format: int64
             * @description Rows kept.
             */
            rows: number;
            /** @description SHA-256 of the stored rows. */
            sha256: string;
        };
        /** @description A source. */
        DataSource: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description When it is read: minute, hour, day of the month, month, weekday. */
            cron: string;
            /** @description The dataset that it fills. */
            dataset: string;
            files: components["schemas"]["FilesPlace"] | null;
            http: components["schemas"]["HttpPlace"] | null;
            /** @description Its key. */
            key: string;
            /** @description The columns that tell rows apart, with `time`. */
            keys: string[];
            /** @description The kind of place; the field of that name has its options, the others are null. */
            kind: components["schemas"]["SourceKind"];
            last_run: components["schemas"]["SyncRun"] | null;
            /** @description How files are read. */
            read: components["schemas"]["ReadOptions"];
            /** @description The schedule that does it; a pause is set there. */
            schedule: string;
            sql: components["schemas"]["SqlPlace"] | null;
            /** @description The column of dates or moments. */
            time: string | null;
            /** @description The zone that this is read in. */
            timezone: string;
        };
        /** @description What a day is said to be. */
        DayBody: {
            /** @description What it is. */
            kind: components["schemas"]["DayKind"];
            /** @description Why, at most 500 characters; such as the number of a decree. */
            note?: string | null;
        };
        /**
         * @description What a day can be.
         * @enum {string}
         */
        DayKind: "holiday" | "day_off" | "working" | "short";
        /** @description The headline of one day. */
        DayValue: {
            /**
             * Format: date
             * @description The day.
             */
            date: string;
            /**
             * Format: double
             * @description The headline, percent.
             */
            value: number;
        };
        /** @description A decision: what, why in words, and the numbers it was taken from. */
        Decision: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Who decided, by name. */
            decided_by: string;
            /** @description The numbers. */
            evidence: unknown;
            /** @description Its identity. */
            id: string;
            /** @description What was decided. */
            kind: components["schemas"]["DecisionKind"];
            /** @description The version that served before. */
            previous: string | null;
            /** @description Why, in words. */
            reason: string;
            /** @description The version that it is about. */
            version: string;
        };
        /**
         * @description What was decided.
         * @enum {string}
         */
        DecisionKind: "first_champion" | "kept" | "promoted" | "rejected" | "not_retrained" | "deploy" | "rollback" | "challenger" | "challenger_ended" | "canary_step" | "probation_passed" | "auto_rollback";
        /** @description A message to a channel. */
        Delivery: {
            /** @description The alerts that it tells of. */
            alert_ids: string[];
            /**
             * Format: int32
             * @description Attempts begun.
             */
            attempts: number;
            /** @description The channel. */
            channel: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was taken or given up.
             */
            ended_at: string | null;
            /** @description What went wrong last. */
            error: string | null;
            /** @description What its alerts are grouped by, `model:KEY` or `source:KEY`. */
            group: string;
            /** @description Its identity, the same in every attempt; receivers see it as `Idempotency-Key` or `Message-ID`. */
            id: string;
            /** @description Why it is sent. */
            kind: components["schemas"]["DeliveryKind"];
            /**
             * Format: date-time
             * @description When it is tried next; null once it ended.
             */
            next_at: string | null;
            /** @description Where it stands. */
            state: components["schemas"]["DeliveryState"];
        };
        /**
         * @description Why a message is sent.
         * @enum {string}
         */
        DeliveryKind: "alerts" | "test";
        /**
         * @description Where a delivery stands.
         * @enum {string}
         */
        DeliveryState: "waiting" | "delivered" | "given_up";
        /** @description A version to put to serve. */
        Deploy: {
            /** @description Why, in words. */
            reason?: string | null;
            /** @description The version, by id or by the name given at training. */
            version: string;
        };
        /** @description One stretch of time in which a version served. */
        Deployment: {
            /** @description The decision that put it there. */
            decision_id: string;
            /**
             * Format: int64
             * @description Grows by one with each switch of the model.
             */
            generation: number;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /**
             * Format: date-time
             * @description Until when; null while it serves.
             */
            until: string | null;
            /** @description The version. */
            version: string;
        };
        /** @description A model's deployments, and what answers beside its champion. */
        Deployments: {
            /** @description The former champion in a probation, and the challenger, where there are any. */
            beside: components["schemas"]["Arm"][];
            /** @description Deployments, newest first; the one without an end serves. */
            items: components["schemas"]["Deployment"][];
            /** @description What to send as `cursor` for the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description Rows of a part of the values. */
        DriftBin: {
            /**
             * Format: int64
             * @description Rows of the report.
             */
            current: number;
            /**
             * Format: double
             * @description The least number (of texts: of characters); null where it is open.
             */
            from: number | null;
            /** @description A category; null of numbers, and of the bin of all other categories. */
            label: string | null;
            /**
             * Format: int64
             * @description Rows of training.
             */
            reference: number;
            /**
             * Format: double
             * @description The end; null where it is open.
             */
            to: number | null;
        };
        /** @description What is to be checked. */
        DriftCheck: {
            /**
             * Format: date
             * @description The first of some days that are judged together and by themselves. Left out: every day that none was reported on
             *     is, one after the other, as it happens daily.
             */
            from?: string | null;
            /** @description The model; the only one where it is left out. */
            model_key?: string | null;
            /**
             * Format: date
             * @description The last of these days; today where it is left out.
             */
            to?: string | null;
        };
        /** @description A column in two reports. */
        DriftColumnPair: {
            /** @description Its name. */
            column: string;
            other: components["schemas"]["DriftMeasures"] | null;
            /** @description `input`, `target`, `prediction` or `confidence`. */
            part: string;
            this: components["schemas"]["DriftMeasures"] | null;
        };
        /** @description Two reports side by side. */
        DriftComparison: {
            /** @description The other report. */
            against: components["schemas"]["DriftReport"];
            /** @description Column by column. */
            columns: components["schemas"]["DriftColumnPair"][];
        };
        /** @description A column of a report. */
        DriftFeature: components["schemas"]["DriftMeasures"] & {
            /** @description Both histograms: deciles of training (of texts: of their lengths), or the most frequent categories. */
            bins: components["schemas"]["DriftBin"][];
            /** @description Whether it came empty though it was not at training. */
            broken: boolean;
            /** @description Its name; `prediction` and `confidence` are the model's own. */
            column: string;
            /** @description What it holds: `numbers`, `categories` or `texts`. */
            kind: string;
            /** @description `input`, `target`, `prediction` or `confidence`. */
            part: string;
            /**
             * Format: int64
             * @description Rows of training without a value.
             */
            reference_missing: number;
        };
        /** @description What was measured of a column. */
        DriftMeasures: {
            /**
             * Format: double
             * @description The mean PSI under chance alone.
             */
            chance_psi: number | null;
            /**
             * Format: double
             * @description The distance, corrected likewise.
             */
            excess_js_distance: number | null;
            /**
             * Format: double
             * @description PSI less what chance alone gives at these numbers of rows: the effect that is held against the limit.
             */
            excess_psi: number | null;
            /**
             * Format: double
             * @description The largest gap between the distributions (Kolmogorov–Smirnov); null of categories.
             */
            gap: number | null;
            /**
             * Format: double
             * @description Jensen–Shannon divergence, bits, 0 to 1.
             */
            js: number | null;
            /**
             * Format: double
             * @description Its square root: the distance that the policy's `js` limits.
             */
            js_distance: number | null;
            /**
             * Format: int64
             * @description Rows without a value.
             */
            missing: number;
            /**
             * Format: double
             * @description The p-value that counts: the larger of the two.
             */
            p: number | null;
            /**
             * Format: double
             * @description The p-value against the days of training; null where they are fewer than 20.
             */
            p_day: number | null;
            /**
             * Format: double
             * @description The p-value against independent rows.
             */
            p_rows: number | null;
            /**
             * Format: double
             * @description Population stability index.
             */
            psi: number | null;
            /**
             * Format: double
             * @description The same, adjusted for the number of columns (Benjamini–Hochberg); at most 0.01 is evidence.
             */
            q: number | null;
            /**
             * Format: int64
             * @description Rows of training.
             */
            reference_rows: number;
            /**
             * Format: int64
             * @description Rows of the report.
             */
            rows: number;
            /** @description Which rule spoke: `min_rows`, `chance`, `day_noise`, `floor`, `below_limits`, `psi`, `js`, `lasted` or `cusum`. */
            rule: string;
            /**
             * Format: int32
             * @description Reports in a row that found a change.
             */
            streak: number;
            /**
             * Format: int64
             * @description Rows with a category that training did not have.
             */
            unseen: number;
            /** @description `too_few_rows`, `stable`, `slight`, `drifted` or `confirmed`. */
            verdict: string;
        };
        /** @description A report without its columns. */
        DriftReport: {
            /** @description Columns that came empty though they were not at training. */
            broken: string[];
            /** @description Whether its days are over and hold enough rows; else it is made again. */
            complete: boolean;
            /** @description Columns whose drift is confirmed: it lasts. */
            confirmed: string[];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Columns beyond the limits, those confirmed among them. */
            drifted: string[];
            /**
             * Format: date
             * @description The first day it speaks of.
             */
            from: string;
            /** @description Its identity; it stays when the report is made again of more rows. */
            id: string;
            /** @description The job that made it. */
            job_id: string;
            /** @description The model. */
            model_key: string;
            /** @description Why nothing is said, where nothing is, and the way out. */
            reason: string | null;
            /** @description The training that it asked for. */
            retrain_job_id: string | null;
            /**
             * Format: int64
             * @description Rows looked at.
             */
            rows: number;
            /** @description `daily`: what lasts is known from the report before; `window`: days that a person named. */
            series: components["schemas"]["DriftSeries"];
            /** @description The gravest that is said of a column. */
            standing: components["schemas"]["DriftStanding"];
            /**
             * Format: date
             * @description The last one.
             */
            to: string;
            /** @description The version whose training rows are the reference. */
            version: string;
        };
        /** @description A report with its columns. */
        DriftReportFull: components["schemas"]["DriftReport"] & {
            compared: components["schemas"]["DriftComparison"] | null;
            /**
             * Format: int32
             * @description Reports in a row before drift is confirmed.
             */
            confirm_days: number;
            /** @description Column by column. */
            features: components["schemas"]["DriftFeature"][];
            /**
             * Format: double
             * @description The limit of the Jensen–Shannon distance.
             */
            js_limit: number;
            /**
             * Format: int64
             * @description Rows below which nothing is said.
             */
            min_rows: number;
            /**
             * Format: double
             * @description The limit of PSI that was in force.
             */
            psi_limit: number;
        };
        /**
         * @description What a report is one of.
         * @enum {string}
         */
        DriftSeries: "daily" | "window";
        /**
         * @description What a report says of all columns together: the gravest that it says of one.
         * @enum {string}
         */
        DriftStanding: "no_profile" | "too_few_rows" | "stable" | "slight" | "drifted" | "confirmed";
        /** @description A mail server and whom it is to write. */
        EmailTarget: {
            /**
             * @description The certificate of the company's own authority, PEM, where the server's is of no public one.
             * @default null
             */
            ca_pem: string | null;
            /** @description The sender, e.g. `Vakhta <vakhta@example.com>`. */
            from: string;
            /** @description The mail server. */
            host: string;
            /**
             * Format: uint16
             * @description Its port; 587 with STARTTLS, 465 with TLS, 25 in the open where left out.
             * @default null
             */
            port: number | null;
            /**
             * @description How it is reached.
             * @default starttls
             */
            tls: components["schemas"]["Tls"];
            /** @description Whom to write, 1 to 50. */
            to: string[];
            /**
             * @description The name to sign in by; none where the server asks for none.
             * @default null
             */
            username: string | null;
        };
        /**
         * @description Which engine learns.
         * @enum {string}
         */
        Engine: "auto" | "gbdt" | "seasonal_naive" | "weekday_mean" | "ets" | "theta" | "croston" | "mlp" | "linear";
        /** @description An enrolment that was begun. Its secret is in this answer and nowhere else. */
        EnrolmentView: {
            /** @description The same as an address that apps read. */
            otpauth_uri: string;
            /** @description The same as a picture to be read by a camera (SVG). */
            qr_svg: string;
            /** @description The secret, to be typed into an app (base32). */
            secret: string;
        };
        /** @description The password, to show that it is oneself. */
        EnrolRequest: {
            /** @description The password as it is. */
            current_password: string;
        };
        /** @description Where a model errs. */
        ErrorAnalysis: {
            /** @description By kind of day, as in `misses`. */
            by_day_kind: components["schemas"]["ErrorsPart"][];
            /** @description By periods ahead, e.g. `2-7`. */
            by_horizon: components["schemas"]["ErrorsPart"][];
            /** @description By series, the largest sum of errors first; of records empty. */
            by_series: components["schemas"]["ErrorsPart"][];
            /** @description By the size of the actual, fifths of equal count; of classes empty. */
            by_size: components["schemas"]["ErrorsBySize"][];
            /** @description `monday` to `sunday`. */
            by_weekday: components["schemas"]["ErrorsPart"][];
            /**
             * Format: date
             * @description The first day looked at.
             */
            from: string;
            /** @description The largest misses; of classes those that were surest. */
            misses: components["schemas"]["Miss"][];
            /** @description The model. */
            model_key: string;
            /** @description All answers that have an actual. */
            overall: components["schemas"]["LiveAccuracy"];
            /**
             * Format: date
             * @description Today.
             */
            to: string;
        };
        /** @description Answers whose actual has a size between two. */
        ErrorsBySize: components["schemas"]["LiveAccuracy"] & {
            /**
             * Format: double
             * @description The smallest size.
             */
            from: number;
            /**
             * Format: double
             * @description The largest size.
             */
            to: number;
        };
        /** @description A part of the answers. */
        ErrorsPart: components["schemas"]["LiveAccuracy"] & {
            /** @description Which. */
            name: string;
        };
        /** @description How estimates agreed with what was measured, percentage points. */
        EstimateBacktest: {
            /**
             * Format: double
             * @description Mean of estimate less truth.
             */
            bias: number | null;
            /**
             * Format: int64
             * @description Days that have both.
             */
            days: number;
            /**
             * Format: double
             * @description Mean of their distance.
             */
            error: number | null;
            /**
             * Format: double
             * @description The share of days whose truth is in the interval, 0 to 1.
             */
            inside: number | null;
            /**
             * Format: double
             * @description The same of saying the accuracy of training every day: an estimate is worth its place where it does better.
             */
            usual_error: number | null;
        };
        /**
         * @description How right answers without an actual are likely to be. An estimate: it does not see that a class or a level has changed
         *     its meaning.
         */
        EstimatedAccuracy: {
            /**
             * Format: int64
             * @description Answers of the serving version without an actual.
             */
            answers: number;
            /** @description How far such estimates were off on these days, each estimated from the others. */
            backtest: components["schemas"]["EstimateBacktest"];
            /** @description Always true. */
            estimated: boolean;
            /**
             * Format: double
             * @description The upper end.
             */
            high: number | null;
            /** @description Days whose truth is known that it was learnt from; held-out rows of the training among them. */
            learnt_from_days: number;
            /**
             * Format: double
             * @description The lower end of its 95% interval; null of fewer than five days that it was learnt from.
             */
            low: number | null;
            /** @description What is estimated: `accuracy`, from calibrated probabilities, or `wape`, from the widths of intervals; percent. */
            metric: string;
            /**
             * Format: double
             * @description The estimate.
             */
            value: number;
        };
        /** @description Something that happened. */
        Event: {
            /** @description Who, by name. */
            actor: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Details; the kind says the shape. */
            data: unknown;
            /** @description His address; for himself and for administrators. */
            ip: string | null;
            /** @description The job that did it. */
            job: string | null;
            /** @description What happened, e.g. `version.deployed`. */
            kind: string;
            /** @description The model concerned. */
            model: string | null;
            /** @description The request that it belongs to. */
            request_id: string | null;
            /**
             * Format: int64
             * @description Its place in the history; grows, may have gaps.
             */
            seq: number;
            /** @description The door that he came through. */
            source: components["schemas"]["Source"];
            /** @description Which one. */
            subject_id: string;
            /** @description What it is about, e.g. `model`. */
            subject_type: string;
            /** @description Who, by id; null for the system and for strangers. */
            user: string | null;
            /** @description His program; for himself and for administrators. */
            user_agent: string | null;
        };
        /** @description The end of the workspace's chain of events. */
        EventChain: {
            /** @description The hash of the last one: SHA-256, hex. */
            hash: string;
            /**
             * Format: int64
             * @description Events in the chain.
             */
            number: number;
            /**
             * Format: int64
             * @description Events that are older than the chain, which it does not vouch for.
             */
            older: number;
        };
        /**
         * @description Why an answer is what it is: `base`, the effects and `rest` add up to its score, which is a number itself and of a
         *     class its logit before calibration.
         */
        Explanation: {
            /**
             * Format: double
             * @description The score of a record that says nothing, or of the mean record for trees.
             */
            base: number | null;
            /** @description What moved it, strongest first; at most twenty. */
            contributions: components["schemas"]["Contribution"][];
            /**
             * Format: double
             * @description What all others moved it by.
             */
            rest: number | null;
        };
        /** @description One wrong place in the input. */
        FieldError: {
            /** @description What is wrong and what would be right. */
            message: string;
            /** @description A JSON pointer into the body (`/data/target`), or `?name` for a query parameter. */
            pointer: string;
        };
        /**
         * @description A file's format.
         * @enum {string}
         */
        FileFormat: "csv" | "jsonl" | "parquet";
        /** @description Files in a folder of the server or in a bucket. */
        FilesPlace: {
            /** @description `file:///absolute/folder` below one of the server's `source_folders`, or `s3://bucket/prefix`. */
            location: string;
            /**
             * @description Which files below it, e.g. `sales-*.csv` or `2026/**\/*.parquet`. `*` and `?` stay within a name, `**` goes
             *     through folders. Everything in the folder itself by default.
             * @default null
             */
            pattern: string | null;
            /**
             * @description Access to the bucket; the machine's own where left out.
             * @default null
             */
            s3: components["schemas"]["BucketAccess"] | null;
        };
        /** @description The last time that a schedule fired. */
        Fired: {
            /**
             * Format: date-time
             * @description When it fired; later than due where the server was down.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it was due.
             */
            due_at: string;
            /** @description The job that it made, or joined. */
            job_id: string;
            /** @description Whether that job was under way already. */
            joined: boolean;
        };
        /** @description One rolling-origin fold. */
        Fold: {
            /**
             * Format: date
             * @description The last period that was learnt from.
             */
            cutoff: string;
            /**
             * Format: date
             * @description The first period scored.
             */
            from: string;
            /** @description The model's accuracy. */
            model: components["schemas"]["Metrics"];
            /** @description The seasonal naive's, on the same rows. */
            seasonal_naive: components["schemas"]["Metrics"];
            /**
             * Format: date
             * @description The last period scored.
             */
            to: string;
            /** @description The same-weekday mean's, on the same rows. */
            weekday_mean: components["schemas"]["Metrics"];
        };
        /** @description A forecast. */
        Forecast: {
            /** @description The length of a period. */
            frequency: components["schemas"]["Frequency"];
            /**
             * Format: date-time
             * @description When.
             */
            generated_at: string;
            /**
             * Format: date
             * @description The first day of the last period that it knows; the forecast goes on from there.
             */
            history_end: string;
            /** @description The model. */
            model_key: string;
            /** @description The request, as the prediction log knows it. */
            request_id: string;
            /** @description The series. */
            series: components["schemas"]["SeriesForecast"][];
            /** @description The columns that name a series. */
            series_columns: string[];
            /** @description What they add up to, the total first; empty where not asked for or where the spec reconciles nothing. */
            sums: components["schemas"]["SumForecast"][];
            /** @description The version that answered. */
            version: string;
        };
        /** @description The forecast of one period. */
        ForecastPoint: {
            /**
             * Format: date
             * @description The period's first day.
             */
            date: string;
            /** @description Its intervals, by level, ascending. */
            intervals: components["schemas"]["Interval"][];
            /**
             * Format: int32
             * @description 1 for the first period after the history.
             */
            step: number;
            /**
             * Format: double
             * @description The point forecast.
             */
            value: number | null;
        };
        /** @description What is to be forecast. */
        ForecastRequest: {
            /**
             * Format: int32
             * @description Past periods to add to each series, at most 730; default none.
             */
            history?: number | null;
            /**
             * Format: int32
             * @description Periods, at most the spec's horizon; default all of it.
             */
            horizon?: number | null;
            /** @description Rows with the date column, the series columns and the known-future columns. */
            known_future?: Record<string, never>[] | null;
            /** @description Interval levels out of the spec's; default all of them. */
            level?: number[] | null;
            /** @description The model. */
            model_key: string;
            /** @description The series; default all. */
            series?: components["schemas"]["SeriesChoice"][] | null;
            /** @description Whether to forecast also what the series add up to, where the spec names a hierarchy; default no. */
            sums?: boolean;
            /** @description A version by id, by the name given at training, or `champion`; default the serving one. */
            version?: string | null;
        };
        /**
         * @description The length of a period.
         * @enum {string}
         */
        Frequency: "D" | "W" | "M" | "Q" | "H";
        /** @description Whether the server can do its work. */
        Health: {
            /** @description Part by part. */
            checks: components["schemas"]["Checks"];
            /** @description `ok` or `degraded`. */
            status: string;
            /** @description The release. */
            version: string;
        };
        /** @description One period of a series' past. */
        HistoryPoint: {
            /**
             * Format: date
             * @description The period's first day.
             */
            date: string;
            /**
             * Format: double
             * @description The actual; null where it is missing.
             */
            value: number | null;
        };
        /** @description Accuracy at one distance from the cutoff. */
        HorizonMetrics: {
            /** @description Its accuracy. */
            metrics: components["schemas"]["Metrics"];
            /**
             * Format: int32
             * @description 1 for the first period after the cutoff.
             */
            step: number;
        };
        /** @description A file at an address. */
        HttpPlace: {
            /**
             * @description Headers to send; secrets by reference.
             * @default {}
             */
            headers: {
                [key: string]: string;
            };
            /** @description `https://…` or `http://…`. */
            url: string;
        };
        /** @description How much a feature matters. */
        Importance: {
            /** @description The feature's name. */
            feature: string;
            /**
             * Format: double
             * @description Its share of the total gain, percent.
             */
            gain: number | null;
            /**
             * Format: int64
             * @description How many splits use it.
             */
            splits: number;
        };
        /** @description A tensor that the model takes. */
        InferenceInput: {
            /**
             * @description Its elements, the last extent running fastest, or lists in lists of its shape. A missing number or text
             *     is null.
             */
            data?: Record<string, never>[] | null;
            /** @description `BOOL`, `INT8` to `INT64`, `UINT8` to `UINT64`, `FP16`, `BF16`, `FP32`, `FP64` or `BYTES`. */
            datatype: string;
            /** @description Its name, as the model's metadata has it. */
            name: string;
            parameters?: components["schemas"]["InferenceInputParameters"] | null;
            /** @description Its extents, rows first. */
            shape: number[];
        };
        /** @description Where the elements of a tensor are. */
        InferenceInputParameters: {
            /** @description So many bytes behind the JSON and the tensors before this one. */
            binary_data_size?: number | null;
            /** @description Not offered: such a request is refused. */
            shared_memory_region?: string | null;
        };
        /** @description That the process answers. */
        InferenceLive: {
            /** @description True. */
            live: boolean;
        };
        /** @description A model as the protocol describes it. */
        InferenceModel: {
            /** @description The tensors that it takes. */
            inputs: components["schemas"]["InferenceTensor"][];
            /** @description Its key. */
            name: string;
            /** @description The tensors that it gives. */
            outputs: components["schemas"]["InferenceTensor"][];
            /** @description `vakhta_` and the engine that answers, e.g. `vakhta_gbdt`. */
            platform: string;
            /** @description Its versions that can answer, newest first. */
            versions: string[];
        };
        /** @description Whether a model answers. */
        InferenceModelReady: {
            /** @description The model. */
            name: string;
            /** @description True: a model that does not answer is refused. */
            ready: boolean;
        };
        /** @description A tensor that is wanted. */
        InferenceOutput: {
            /** @description Its name, as the model's metadata has it. */
            name: string;
            parameters?: components["schemas"]["InferenceOutputParameters"] | null;
        };
        /** @description How an output is to travel. */
        InferenceOutputParameters: {
            /** @description Whether in binary; default as the request says. */
            binary_data?: boolean | null;
            /**
             * Format: int64
             * @description Not offered: such a request is refused.
             */
            classification?: number | null;
            /** @description Not offered: such a request is refused. */
            shared_memory_region?: string | null;
        };
        /** @description Whether requests can be served. */
        InferenceReady: {
            /** @description Whether they can. */
            ready: boolean;
        };
        /** @description A request for answers. */
        InferenceRequest: {
            /** @description The caller's name for it; it comes back with the answer. */
            id?: string | null;
            /** @description The tensors that the model takes. */
            inputs: components["schemas"]["InferenceInput"][];
            /** @description The tensors that are wanted; default all that the model gives. */
            outputs?: components["schemas"]["InferenceOutput"][] | null;
            parameters?: components["schemas"]["InferenceRequestParameters"] | null;
        };
        /** @description How a request is to be answered. */
        InferenceRequestParameters: {
            /** @description Whether outputs travel in binary unless they say otherwise; default false. */
            binary_data_output?: boolean | null;
        };
        /** @description An answer. */
        InferenceResponse: {
            /** @description What the caller called the request. */
            id?: string | null;
            /** @description The model. */
            model_name: string;
            /** @description The version that answered. */
            model_version: string;
            /** @description The tensors asked for. */
            outputs: components["schemas"]["InferenceResult"][];
        };
        /** @description A tensor of an answer. */
        InferenceResult: {
            /** @description Its elements, the last extent running fastest. */
            data?: Record<string, never>[] | null;
            /** @description `FP64` or `BYTES`. */
            datatype: string;
            /** @description Its name. */
            name: string;
            parameters?: components["schemas"]["InferenceResultParameters"] | null;
            /** @description Its extents, rows first. */
            shape: number[];
        };
        /** @description Where the elements of an output are. */
        InferenceResultParameters: {
            /** @description So many bytes behind the JSON and the outputs before this one. */
            binary_data_size: number;
        };
        /** @description What the server is. */
        InferenceServer: {
            /** @description What it can beyond the protocol's core. */
            extensions: string[];
            /** @description `vakhta`. */
            name: string;
            /** @description The release. */
            version: string;
        };
        /** @description A tensor that a model takes or gives. */
        InferenceTensor: {
            /** @description Its element type; other numbers are taken, too. */
            datatype: string;
            /** @description Its name. */
            name: string;
            parameters?: components["schemas"]["InferenceTensorParameters"] | null;
            /** @description Its extents; -1 for the number of rows. */
            shape: number[];
        };
        /** @description More about a tensor. */
        InferenceTensorParameters: {
            /** @description The columns of a row, in order. */
            columns: string[];
        };
        /** @description What reading a file would give; nothing was stored. */
        Inspection: {
            /** @description The columns, in order, each with its profile. */
            columns: components["schemas"]["Column"][];
            guess: components["schemas"]["RoleGuess"] | null;
            /** @description The first rows: one value a column, null where it is missing. */
            preview: unknown[][];
            /** @description How the file was read. */
            read_as: components["schemas"]["ReadAs"];
            /** @description Rows that cannot be read. */
            refused: components["schemas"]["Refused"];
            /**
             * Format: int64
             * @description Rows that can be read.
             */
            rows: number;
        };
        /** @description A lower and an upper bound. */
        Interval: {
            /**
             * Format: double
             * @description The upper bound.
             */
            hi: number | null;
            /**
             * Format: int32
             * @description The level, percent.
             */
            level: number;
            /**
             * Format: double
             * @description The lower bound.
             */
            lo: number | null;
        };
        /** @description A job. */
        Job: {
            /**
             * Format: int32
             * @description How often it was started.
             */
            attempt: number;
            /** @description Set when somebody asked it to stop. */
            cancel_requested: boolean;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /** @description Why it failed. */
            error: string | null;
            /**
             * Format: int64
             * @description Seconds left, judged by the share done so far.
             */
            eta_seconds: number | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
            /** @description Its identity. */
            id: string;
            /** @description His address; for himself and for administrators. */
            ip?: string | null;
            /** @description What it does. */
            kind: components["schemas"]["JobKind"];
            /**
             * Format: int32
             * @description Longest time that one attempt may run.
             */
            limit_seconds: number;
            /** @description The model that it is about. */
            model: string | null;
            /** @description Who asked for it, by name. */
            owner: string;
            /**
             * Format: double
             * @description Share of the work done, 0 to 1.
             */
            progress: number;
            /** @description What a training made. Predictions are read at `/predict/{job_id}`. */
            result: Record<string, never> | null;
            /** @description The job that it tries once more. */
            retry_of: string | null;
            /** @description The door that he came through. */
            source: components["schemas"]["Source"];
            /** @description The stage that its work is in, e.g. `folds`. */
            stage: string | null;
            /**
             * Format: date-time
             * @description When the last attempt began.
             */
            started_at: string | null;
            /** @description Where it stands. */
            state: components["schemas"]["JobState"];
            /** @description His program; for himself and for administrators. */
            user_agent: string | null;
        };
        /** @description A job that was queued. */
        JobAccepted: {
            /** @description Its identity. */
            job_id: string;
        };
        /**
         * @description What a job does.
         * @enum {string}
         */
        JobKind: "train" | "predict" | "retrain" | "sync" | "metrics" | "drift";
        /** @description A line of a job's log. */
        JobLogLine: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int64
             * @description 1, 2, 3 … within the job.
             */
            line: number;
            /** @description What. */
            text: string;
        };
        /**
         * @description Where a job stands.
         * @enum {string}
         */
        JobState: "queued" | "running" | "completed" | "failed" | "cancelled";
        /**
         * @description The language that people are told in.
         * @enum {string}
         */
        Language: "ru" | "en";
        /** @description The password, to show that it is oneself. */
        Leaving: {
            /** @description The password as it is. */
            current_password: string;
        };
        /** @description A number for an interval level. */
        LevelValue: {
            /**
             * Format: int32
             * @description The level, percent, e.g. 80.
             */
            level: number;
            /**
             * Format: double
             * @description The number.
             */
            value: number | null;
        };
        /** @description One page of a list. */
        List_Alert: {
            /** @description The rows. */
            items: components["schemas"]["Alert"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_AlertRule: {
            /** @description The rows. */
            items: components["schemas"]["AlertRule"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_ApiToken: {
            /** @description The rows. */
            items: components["schemas"]["ApiToken"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_BacktestRow: {
            /** @description The rows. */
            items: components["schemas"]["BacktestRow"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Channel: {
            /** @description The rows. */
            items: components["schemas"]["Channel"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Dataset: {
            /** @description The rows. */
            items: components["schemas"]["Dataset"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_DatasetVersion: {
            /** @description The rows. */
            items: components["schemas"]["DatasetVersion"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_DataSource: {
            /** @description The rows. */
            items: components["schemas"]["DataSource"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Decision: {
            /** @description The rows. */
            items: components["schemas"]["Decision"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Delivery: {
            /** @description The rows. */
            items: components["schemas"]["Delivery"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_DriftReport: {
            /** @description The rows. */
            items: components["schemas"]["DriftReport"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Event: {
            /** @description The rows. */
            items: components["schemas"]["Event"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Job: {
            /** @description The rows. */
            items: components["schemas"]["Job"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_JobLogLine: {
            /** @description The rows. */
            items: components["schemas"]["JobLogLine"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Member: {
            /** @description The rows. */
            items: components["schemas"]["Member"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Model: {
            /** @description The rows. */
            items: components["schemas"]["Model"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Schedule: {
            /** @description The rows. */
            items: components["schemas"]["Schedule"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Silence: {
            /** @description The rows. */
            items: components["schemas"]["Silence"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_SpecialDayView: {
            /** @description The rows. */
            items: components["schemas"]["SpecialDayView"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Suspicion: {
            /** @description The rows. */
            items: components["schemas"]["Suspicion"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_SyncRun: {
            /** @description The rows. */
            items: components["schemas"]["SyncRun"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_User: {
            /** @description The rows. */
            items: components["schemas"]["User"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Version: {
            /** @description The rows. */
            items: components["schemas"]["Version"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description One page of a list. */
        List_Workspace: {
            /** @description The rows. */
            items: components["schemas"]["Workspace"][];
            /** @description Where the next page starts; null on the last page. */
            next_cursor: string | null;
        };
        /** @description What was measured on some answers. */
        LiveAccuracy: {
            /**
             * Format: int64
             * @description Answers.
             */
            answers: number;
            metrics: components["schemas"]["Metrics"] | null;
            quality: components["schemas"]["Quality"] | null;
            /**
             * Format: int64
             * @description Those that have an actual.
             */
            scored: number;
            /**
             * Format: double
             * @description The headline, percent: of numbers MAPE, of classes the share that is right.
             */
            value: number | null;
        };
        /** @description One day. */
        LiveDay: components["schemas"]["LiveAccuracy"] & {
            /**
             * Format: date
             * @description The day.
             */
            date: string;
        };
        /** @description A distance or a segment. */
        LivePart: components["schemas"]["LiveAccuracy"] & {
            /** @description Periods ahead, e.g. `2-7`, or the values of the series joined by `|`. */
            name: string;
        };
        /** @description Where the headline is going. */
        LiveTrend: {
            /**
             * Format: int32
             * @description 1 rising, -1 falling, 0 neither beyond chance.
             */
            direction: number;
            /**
             * Format: double
             * @description The upper end.
             */
            high: number | null;
            /**
             * Format: double
             * @description The level of the interval, 0 to 1.
             */
            level: number;
            /**
             * Format: double
             * @description The lower end of its interval; null of fewer than four days.
             */
            low: number | null;
            /**
             * Format: int64
             * @description Days looked at.
             */
            n: number;
            /**
             * Format: double
             * @description Percentage points a day: the median of the slopes of all pairs of days.
             */
            slope: number;
        };
        /** @description One version. */
        LiveVersion: components["schemas"]["LiveAccuracy"] & {
            /**
             * @description `champion` where its answers were the model's word, also those of a challenger that callers were given; `shadow`
             *     where it answered beside the version whose answer was given; else `other`.
             */
            role: string;
            /** @description The version. */
            version: string;
        };
        /** @description A name and a password, and a second factor where it is at hand. */
        Login: {
            /** @description The six digits that its app shows. Where it has a second factor and this is left out, the answer asks for it. */
            code?: string | null;
            /** @description Its password. */
            password: string;
            /** @description One of its recovery codes instead. */
            recovery_code?: string | null;
            /** @description The account's name, in any case. */
            username: string;
        };
        /** @description A short-lived token. Nothing of it is kept. */
        MadeJwt: {
            /** @description The token, to be sent as a bearer. */
            access_token: string;
            /**
             * Format: date-time
             * @description When it ends; earlier where what it was made by ends.
             */
            expires_at: string;
            /** @description What it is held to. */
            scopes: components["schemas"]["Permission"][];
            /** @description `Bearer`. */
            token_type: string;
        };
        /** @description A token that was made, with its secret. */
        MadeToken: components["schemas"]["ApiToken"] & {
            /** @description The secret, `vkt_…`. Shown this once; null where the same request is repeated by its Idempotency-Key. */
            token: string | null;
        };
        /** @description An account that was made or changed. */
        ManagedUser: components["schemas"]["User"] & {
            /**
             * @description Its one-time password, where one was made. Shown this once; null where the same request is repeated by its
             *     Idempotency-Key.
             */
            one_time_password: string | null;
        };
        /** @description How right a version is on the records. */
        MeasuredQuality: {
            /** @description Records that were left out, and why. */
            errors: components["schemas"]["RecordError"][];
            metrics: components["schemas"]["Metrics"] | null;
            /** @description The model. */
            model_key: string;
            quality: components["schemas"]["Quality"] | null;
            /** @description The version that was measured. */
            version: string;
        };
        /** @description Somebody who belongs to a workspace. */
        Member: {
            /** @description A disabled account signs in nowhere. */
            is_active: boolean;
            /** @description Whether the account was made there; then its role is its tier. */
            is_home: boolean;
            /** @description What it may do there. */
            role: components["schemas"]["Tier"];
            /** @description The account. */
            user_id: string;
            /** @description Its name. */
            username: string;
        };
        /** @description Accuracy over a set of rows. Percentages are 0 to 100 and more. */
        Metrics: {
            /**
             * Format: double
             * @description Mean of ŷ − y, in the target's unit.
             */
            bias: number | null;
            /**
             * Format: double
             * @description 100 · Σ(ŷ−y) / Σ|y|.
             */
            bias_percent: number | null;
            /** @description Share of actuals inside each interval, percent, by level. */
            coverage: components["schemas"]["LevelValue"][];
            /**
             * Format: double
             * @description Mean absolute error, in the target's unit.
             */
            mae: number | null;
            /**
             * Format: double
             * @description Mean absolute percentage error, over non-zero actuals.
             */
            mape: number | null;
            /**
             * Format: double
             * @description MAE over the in-sample MAE of the seasonal naive, mean over series.
             */
            mase: number | null;
            /**
             * Format: int64
             * @description Rows scored.
             */
            n: number;
            /**
             * Format: double
             * @description Coefficient of determination.
             */
            r2: number | null;
            /**
             * Format: double
             * @description Root of the mean squared error, in the target's unit.
             */
            rmse: number | null;
            /**
             * Format: double
             * @description Symmetric MAPE: mean of 200·|e| / (|y|+|ŷ|).
             */
            smape: number | null;
            /**
             * Format: double
             * @description Weighted absolute percentage error: 100 · Σ|e| / Σ|y|.
             */
            wape: number | null;
            /** @description Mean width of each interval as a share of the mean absolute actual, percent, by level. */
            width: components["schemas"]["LevelValue"][];
            /**
             * Format: int64
             * @description Rows left out of MAPE because their actual is zero.
             */
            zero_actuals: number;
        };
        /** @description One miss. */
        Miss: {
            /** @description The class that was true. */
            actual_label: string | null;
            /**
             * Format: double
             * @description The number that was true.
             */
            actual_value: number | null;
            /**
             * Format: date
             * @description The day it is of.
             */
            date: string;
            /** @description `holiday`, `before_holiday`, `after_holiday`, `day_off` or `working`. */
            day_kind: string;
            /** @description What the answer is found by. */
            key: string;
            /** @description The class answered. */
            label: string | null;
            /** @description The request, as the prediction log knows it. */
            request_id: string;
            /** @description The series, its values joined by `|`; empty for records. */
            series: string;
            /**
             * Format: int32
             * @description Periods ahead.
             */
            step: number | null;
            /**
             * Format: double
             * @description The number answered, or the confidence in the class answered.
             */
            value: number | null;
            /** @description The version that answered. */
            version: string;
            /**
             * Format: double
             * @description The actual of the series a week before.
             */
            week_before: number | null;
        };
        /** @description A model, what serves for it and what is being done about it. */
        Model: {
            /** @description The version that serves. */
            champion: string | null;
            champion_metrics: components["schemas"]["Metrics"] | null;
            champion_quality: components["schemas"]["Quality"] | null;
            /**
             * Format: date-time
             * @description Since when it serves.
             */
            champion_since: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The dataset that it learns from. */
            dataset: string;
            /** @description Which engine learns. */
            engine: components["schemas"]["Engine"];
            /**
             * Format: int32
             * @description Periods to forecast; null where the spec leaves it to the frequency.
             */
            horizon: number | null;
            /** @description Its key. */
            key: string;
            /**
             * Format: int32
             * @description Grows by one with each change of the spec.
             */
            revision: number;
            /** @description What it does. */
            task: components["schemas"]["Task"];
            /** @description What people call it. */
            title: components["schemas"]["Title"];
            /** @description The job that trains the model now, or waits to. */
            training: string | null;
            /**
             * Format: date-time
             * @description When its spec last changed.
             */
            updated_at: string;
        };
        /** @description A described model. */
        ModelChange: {
            /** @description What was done. */
            change: components["schemas"]["Change"];
            /** @description The model. */
            model: components["schemas"]["Model"];
            /** @description What its writer should know. */
            notices: components["schemas"]["Notice"][];
        };
        /** @description What was done, one entry a spec. */
        ModelChanges: {
            /** @description The models. */
            items: components["schemas"]["ModelChange"][];
        };
        /** @description A model with its spec. */
        ModelDetail: components["schemas"]["Model"] & {
            /** @description The spec. */
            spec: components["schemas"]["ModelSpec"];
            /** @description The spec as YAML, ready to be edited and applied. */
            spec_yaml: string;
        };
        /** @description How the watch over one model stands. */
        ModelHealth: {
            /**
             * Format: date-time
             * @description When metrics were last computed.
             */
            calculated_at: string | null;
            /** @description The serving version. */
            champion: string | null;
            /** @description Answers of the last two weeks. */
            coverage: components["schemas"]["ActualsCoverage"];
            /** @description Days of which something new is known that is not computed yet. */
            days_due: number;
            /**
             * Format: double
             * @description Its age in days.
             */
            model_age_days: number | null;
            /** @description The model. */
            model_key: string;
            /**
             * Format: date
             * @description The newest day with an actual.
             */
            newest_actual: string | null;
            /** @description `no_version`, `no_answers`, `no_actuals`, `metrics_late`, `metrics_failed`; empty where all is well. */
            troubles: string[];
        };
        /** @description A model as a person describes it. Everything but the key, the task and the data has a default. */
        ModelSpec: {
            /**
             * Format: double
             * @description Below this probability a classification is marked for a person.
             */
            confidence_threshold?: number | null;
            /** @description Where its rows come from and what their columns mean. */
            data: components["schemas"]["SpecData"];
            /**
             * @description Where training runs.
             * @default auto
             */
            device: components["schemas"]["SpecDevice"];
            /**
             * @description Which engine learns.
             * @default auto
             */
            engine: components["schemas"]["SpecEngine"];
            /**
             * @description Which features are built.
             * @default {
             *       "calendar": {},
             *       "lags": "auto",
             *       "rolling": "auto",
             *       "same_season": "auto"
             *     }
             */
            features: components["schemas"]["SpecFeatures"];
            /**
             * Format: uint32
             * @description Periods to forecast; default 28 days, 8 weeks, 12 months, 8 quarters or 48 hours.
             */
            horizon?: number | null;
            /**
             * @description Prediction intervals.
             * @default {
             *       "levels": [
             *         80,
             *         95
             *       ],
             *       "method": "conformal"
             *     }
             */
            intervals: components["schemas"]["SpecIntervals"];
            /** @description The model's key: 1 to 64 of a-z, 0-9, `_` and `-`. */
            model_key: string;
            /**
             * @description The engine's parameters.
             * @default {}
             */
            params: components["schemas"]["SpecParams"];
            /**
             * @description What happens by itself.
             * @default {}
             */
            policies: components["schemas"]["SpecPolicies"];
            /**
             * @description How forecasts of a hierarchy are made to agree.
             * @default none
             */
            reconcile: components["schemas"]["SpecReconcile"];
            /**
             * Format: uint64
             * @description The seed that training can be repeated from.
             * @default 7
             */
            seed: number;
            /** @description What the model does. */
            task: components["schemas"]["SpecTask"];
            /** @description What people call it; one text, or one a language. */
            title?: components["schemas"]["SpecTitle"] | null;
            /**
             * @description How accuracy is measured before a version may serve.
             * @default {
             *       "folds": 3,
             *       "gap": 0,
             *       "metric": "wape"
             *     }
             */
            validation: components["schemas"]["SpecValidation"];
        };
        /** @description How the watch over every model stands. */
        MonitoringHealth: {
            /** @description Each model. */
            models: components["schemas"]["ModelHealth"][];
            /** @description `ok`, or `attention` where a model has a trouble. */
            status: string;
        };
        /** @description Another name. */
        NameChange: {
            /** @description The password; where it is given, it must be right. */
            current_password?: string | null;
            /** @description The name to come. */
            username: string;
        };
        /** @description A short-lived token to be made. */
        NewJwt: {
            /**
             * Format: int32
             * @description Seconds that it works, 1 to 900; default 900.
             */
            expires_in_seconds?: number | null;
            /** @description What it is held to, no wider than what you may do yourself; left out, all of that but managing tokens. */
            scopes?: components["schemas"]["Permission"][] | null;
        };
        /** @description A schedule to be made. */
        NewSchedule: {
            /** @description Minute, hour, day of the month, month, weekday, e.g. `0 3 * * SUN`. */
            cron: string;
            /** @description Of which model; a source makes its own schedule. */
            model_key: string;
            /** @description What it asks for. */
            task: components["schemas"]["ScheduledTask"];
            /** @description The zone that they are read in, e.g. `Europe/Moscow`; default UTC. */
            timezone?: string | null;
        };
        /** @description What nobody wants to hear of for a while. */
        NewSilence: {
            /** @description The model; every model and source where left out. */
            model?: string | null;
            /** @description Why. */
            reason: string;
            rule?: components["schemas"]["AlertRuleKind"] | null;
            /**
             * Format: date-time
             * @description Until when, RFC 3339; within 90 days.
             */
            until: string;
        };
        /** @description A token to be made. */
        NewToken: {
            /**
             * Format: int32
             * @description Days that it works, 1 to 365; default 365.
             */
            expires_in_days?: number | null;
            /** @description What to call it: 1 to 100 characters. */
            name: string;
            /** @description What it is held to, no wider than what you may do yourself; left out, all that you may do at the time. */
            scopes?: components["schemas"]["Permission"][] | null;
        };
        /** @description An account to be made. */
        NewUser: {
            /** @description Whether a given password must be changed at the first sign-in; a one-time one always must. */
            must_change_password?: boolean | null;
            /** @description Its password, at least 12 characters; left out, a one-time one is made and shown in the answer. */
            password?: string | null;
            tier?: components["schemas"]["Tier"] | null;
            /** @description Its name: 1 to 64 letters, digits, `.`, `_`, `@` or `-`. */
            username: string;
        };
        /** @description A workspace to be made. */
        NewWorkspace: {
            /** @description Its key, `[a-z0-9_-]{1,64}`. */
            key: string;
            /** @description What people call it, 1 to 100 characters; default: its key. */
            title?: string | null;
        };
        /** @description Something that was accepted and that the writer should know. */
        Notice: {
            /** @description What to know. */
            message: string;
            /** @description The place in the spec, as a JSON pointer. */
            pointer: string;
        };
        /** @description How right predicted numbers are. `None` where undefined on these rows. */
        NumberMetrics: {
            /**
             * Format: double
             * @description Mean of ŷ − y, in the target's unit.
             */
            bias: number | null;
            /** @description Share of actuals inside each interval, percent, by level. */
            coverage: components["schemas"]["LevelValue"][];
            /**
             * Format: double
             * @description Mean absolute error, in the target's unit.
             */
            mae: number | null;
            /**
             * Format: double
             * @description Mean absolute percentage error, over rows whose actual is not zero.
             */
            mape: number | null;
            /**
             * Format: double
             * @description The median of absolute errors, in the target's unit.
             */
            median_error: number | null;
            /**
             * Format: uint64
             * @description Rows scored.
             */
            n: number;
            /**
             * Format: double
             * @description Coefficient of determination.
             */
            r2: number | null;
            /**
             * Format: double
             * @description Root of the mean squared error, in the target's unit.
             */
            rmse: number | null;
            /**
             * Format: double
             * @description 100 · Σ|e| / Σ|y|.
             */
            wape: number | null;
        };
        /**
         * @description What to do with a bad row.
         * @enum {string}
         */
        OnError: "refuse" | "skip";
        /**
         * @description Where a version came from.
         * @enum {string}
         */
        Origin: "trained" | "imported";
        /** @description Something that the account did. */
        OwnEvent: components["schemas"]["Event"] & {
            /** @description In which workspace. */
            workspace: string;
        };
        /** @description The old password and the new one. */
        PasswordChange: {
            /** @description The password as it is. */
            current_password: string;
            /** @description The one to come: at least 12 characters. */
            new_password: string;
        };
        /** @description How a model does by series. */
        PerformanceSegments: {
            /** @description The model. */
            model_key: string;
            /** @description The series, the worst first; none of a model of records. */
            segments: components["schemas"]["LivePart"][];
        };
        /** @description How a model does on live answers. */
        PerformanceSummary: {
            best: components["schemas"]["DayValue"] | null;
            /**
             * Format: double
             * @description Mean of answer − actual, in the target's unit; of numbers.
             */
            bias: number | null;
            /** @description Day by day. */
            by_day: components["schemas"]["LiveDay"][];
            /** @description By how far ahead was forecast. */
            by_horizon: components["schemas"]["LivePart"][];
            /** @description Version by version. */
            by_version: components["schemas"]["LiveVersion"][];
            /** @description The serving version. */
            champion: string | null;
            /** @description How many answers have an actual. */
            coverage: components["schemas"]["ActualsCoverage"];
            /**
             * Format: int32
             * @description Days since then.
             */
            days_behind: number | null;
            /** @description Days of which something new is known that is not computed yet. */
            days_due: number;
            estimated: components["schemas"]["EstimatedAccuracy"] | null;
            /**
             * Format: date
             * @description The first day looked at.
             */
            from: string;
            /**
             * Format: double
             * @description The headline over all answers.
             */
            mean: number | null;
            /** @description What the headline is: `mape`, the lower the better, or `accuracy`; percent. */
            metric: string;
            /**
             * Format: double
             * @description Its age in days.
             */
            model_age_days: number | null;
            /** @description The model. */
            model_key: string;
            /**
             * Format: date
             * @description The newest day with an actual.
             */
            newest_actual: string | null;
            /** @description The model's answers over the window. */
            overall: components["schemas"]["LiveAccuracy"];
            /**
             * Format: date
             * @description Today in the model's zone.
             */
            to: string;
            trend: components["schemas"]["LiveTrend"] | null;
            worst: components["schemas"]["DayValue"] | null;
        };
        /**
         * @description One thing that an operation may require.
         * @enum {string}
         */
        Permission: "look" | "predict" | "query" | "write_data" | "write_models" | "train" | "deploy" | "delete" | "write_calendars" | "write_sources" | "handle_alerts" | "write_alerts" | "own_tokens" | "manage_members" | "manage_users" | "manage_workspaces" | "metrics";
        /** @description The prediction for one record, or why there is none. */
        Prediction: {
            explanation: components["schemas"]["Explanation"] | null;
            /** @description The record's place in the request, from 0. */
            index: number;
            /** @description Its intervals. */
            intervals: components["schemas"]["Interval"][];
            /**
             * Format: double
             * @description The point prediction.
             */
            value: number | null;
        } | {
            /**
             * Format: double
             * @description Its probability, 0 to 1.
             */
            confidence: number;
            explanation: components["schemas"]["Explanation"] | null;
            /** @description The record's place in the request, from 0. */
            index: number;
            /** @description The most probable class. */
            label: string;
            /** @description Whether that is below the model's threshold, so that a person should look. */
            needs_person: boolean;
            /** @description The most probable classes, in order. */
            probabilities: components["schemas"]["Probability"][];
        } | {
            /** @description What is wrong with the record and what would be right. */
            error: string;
            /** @description The record's place in the request, from 0. */
            index: number;
        };
        /** @description Predictions for records. */
        Predictions: {
            /** @description In which part it did, where a challenger is given a share of the answers: `champion` or `challenger`. */
            arm: string | null;
            /** @description The model. */
            model_key: string;
            /** @description One a record, in order. */
            predictions: components["schemas"]["Prediction"][];
            /** @description The request, as the prediction log knows it. */
            request_id: string;
            /** @description The version that answered. */
            version: string;
        };
        /** @description Records to predict. */
        PredictRequest: {
            /**
             * @description At most 10,000 records. Of a forecast: the series columns, the date column, known-future columns. Else the
             *     columns that the model learnt from; one that is left out is missing.
             */
            data: Record<string, never>[];
            /** @description Whether each answer is explained; at most 100 records then. */
            explain?: boolean;
            /**
             * @description Whose answers these are, e.g. a customer: where a challenger is given a share of the answers, one key is always
             *     answered by the same version. Default the request's id.
             */
            key?: string | null;
            /** @description The model. */
            model_key: string;
            /** @description How many classes are told with their probabilities, most probable first; default 5. */
            top?: number | null;
            /** @description A version by id, by the name given at training, or `champion`; default the serving one. */
            version?: string | null;
        };
        /** @description A prediction that was asked for earlier. */
        PredictResult: (components["schemas"]["Predictions"] | null) & {
            /** @description Why it failed. */
            error: string | null;
            /** @description The job. */
            job_id: string;
            /** @description Where it stands. */
            state: components["schemas"]["JobState"];
        };
        /** @description Some rows of a table. */
        Preview: {
            /** @description The columns, in order. */
            columns: components["schemas"]["ColumnHead"][];
            /** @description The rows: one value a column, null where it is missing. */
            rows: unknown[][];
            /**
             * Format: int64
             * @description Rows in all.
             */
            total: number;
        };
        /** @description A class and how probable it is. */
        Probability: {
            /** @description The class. */
            label: string;
            /**
             * Format: double
             * @description Its probability, 0 to 1.
             */
            probability: number;
        };
        /** @description A problem document, as sent. */
        Problem: {
            /** @description Where signing in takes a second step: what to send with it. */
            challenge: string | null;
            /**
             * Format: date-time
             * @description When the challenge ends.
             */
            challenge_expires_at: string | null;
            /** @description A stable word for programs. */
            code: string;
            /** @description What happened, for people. */
            detail: string;
            /** @description Every wrong place in the input. */
            errors?: components["schemas"]["FieldError"][];
            /** @description The request's id, as in the server's log. */
            instance?: string | null;
            /** @description The job that stands in the way. */
            job_id?: string | null;
            refused?: components["schemas"]["Refused"] | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description `urn:vakhta:problem:` and the code. */
            type: string;
        };
        /** @description The profile of each column. */
        Profile: {
            /** @description The columns, in order. */
            columns: components["schemas"]["Column"][];
        };
        /** @description Everything that is kept of an account; secrets are kept as hashes only and are not among it. */
        ProfileExport: {
            /** @description The account. */
            account: components["schemas"]["User"];
            /** @description What it did, newest first. */
            events: components["schemas"]["OwnEvent"][];
            /**
             * Format: date-time
             * @description When it was gathered.
             */
            exported_at: string;
            /** @description The jobs that it asked for, newest first. */
            jobs: components["schemas"]["Job"][];
            /** @description What it is signed in by. */
            sessions: components["schemas"]["Session"][];
            /** @description Its API tokens. */
            tokens: components["schemas"]["ApiToken"][];
            /** @description Where it belongs. */
            workspaces: components["schemas"]["Workspace"][];
        };
        /** @description Another provider that signs people in. */
        ProviderMethod: {
            /** @description Where to send the browser. */
            start: string;
            /** @description What to call it. */
            title: string;
        };
        /** @description How right answers are. */
        Quality: ({
            /** @constant */
            task: "classification";
        } & components["schemas"]["ClassQuality"]) | ({
            /** @constant */
            task: "regression";
        } & components["schemas"]["NumberMetrics"]);
        /** @description Labelled records. */
        QualityRequest: {
            /** @description At most 10,000 records with what a prediction needs and the target column. */
            data: Record<string, never>[];
            /** @description The model. */
            model_key: string;
            /** @description A version by id, by the name given at training, or `champion`; default the serving one. */
            version?: string | null;
        };
        /** @description The rows that a question asked for. */
        QueryAnswer: {
            /** @description The columns, in order. */
            columns: components["schemas"]["QueryColumn"][];
            /**
             * Format: int64
             * @description The time that it took, milliseconds.
             */
            elapsed_ms: number;
            /** @description How many rows these are. */
            row_count: number;
            /**
             * @description The rows, each with a value a column. Days are `YYYY-MM-DD`, moments RFC 3339; a number that is not finite is
             *     null; whole numbers beyond 2^53 and exact decimals are texts.
             */
            rows: unknown[][];
            /** @description Whether there are more. */
            truncated: boolean;
        };
        /** @description A column of an answer. */
        QueryColumn: {
            /** @description Its name; several may have the same. */
            name: string;
            /** @description `boolean`, `integer`, `float`, `decimal`, `text`, `date`, `time`, `timestamp`, `interval`, `list` or `other`. */
            type: string;
        };
        /** @description A question in SQL. */
        QueryRequest: {
            /** @description Rows in the answer, 1 to 100,000; default 10,000. */
            limit?: number | null;
            /** @description One statement that reads, at most 64 KiB: SELECT, WITH, EXPLAIN, DESCRIBE, SHOW TABLES, SHOW COLUMNS. */
            sql: string;
        };
        /**
         * Format: binary
         * @description A file, as it is
         */
        RawFile: string;
        /** @description How a file was read. */
        ReadAs: {
            /** @description The date form, e.g. `DD.MM.YYYY`; where a column holds dates. */
            dates: string | null;
            /** @description `.` or `,`; CSV only. */
            decimal: string | null;
            /** @description The delimiter; CSV only. */
            delimiter: string | null;
            /** @description The text encoding, e.g. `windows-1251`; text formats only. */
            encoding: string | null;
            /** @description Its format. */
            format: components["schemas"]["FileFormat"];
        };
        /** @description What a caller says about a file instead of letting it be detected. */
        ReadOptions: {
            /** @description One of the forms that [`ReadAs::dates`] may show; else detected. */
            dates?: string | null;
            /** @description `.` or `,`; else detected. */
            decimal?: string | null;
            /** @description One ASCII character; else detected. */
            delimiter?: string | null;
            /** @description The encoding label (WHATWG); else detected. */
            encoding?: string | null;
            /** @description The format; else by name and content. */
            format?: components["schemas"]["FileFormat"] | null;
            /**
             * @description What to do with a row that does not parse.
             * @default refuse
             */
            on_error: components["schemas"]["OnError"];
            /**
             * @description Columns to keep as text whatever their values look like (codes, telephone numbers); none by default.
             * @default []
             */
            text_columns: string[];
        };
        /** @description What happened lately. */
        RecentAlerts: {
            /** @description Of the items, those that fire now, critical. */
            critical: number;
            /**
             * Format: int32
             * @description Days back.
             */
            days: number;
            /** @description Alerts that are not over, or were not then; newest first, at most 500. */
            items: components["schemas"]["Alert"][];
            /** @description Of the items, those that fire now, warnings. */
            warning: number;
        };
        /** @description A record that was left out. */
        RecordError: {
            /** @description What is wrong with it and what would be right. */
            error: string;
            /** @description Its place in the request, from 0. */
            index: number;
        };
        /** @description All that training found out about a classifier or a regression. */
        RecordsReport: {
            /** @description That of answering without looking: each class by its frequency, or the mean; on the same rows. */
            baseline: components["schemas"]["Quality"] | null;
            /** @description Every engine that was tried, best first. */
            candidates: components["schemas"]["Candidate"][];
            /**
             * @description The engine that was kept: `mlp`, `gbdt` or `linear`; `imported_mlp` or `imported_trees` where another
             *     program learnt it.
             */
            engine: string;
            /** @description Features, most important first; at most a hundred. */
            importance: components["schemas"]["Importance"][];
            /** @description What was noticed about the data. */
            notes: components["schemas"]["DataNote"][];
            /** @description The parameters in force, names as in the spec. */
            params: unknown;
            /** @description Its quality on held-out rows; none where no rows were there to measure it. */
            quality: components["schemas"]["Quality"] | null;
            /**
             * Format: uint64
             * @description Rows held out to measure it.
             */
            test_rows: number;
            /**
             * Format: uint64
             * @description Rows that the kept model learnt from; none where another program knows.
             */
            train_rows: number | null;
        };
        /** @description Recovery codes. They are in this answer and nowhere else. */
        RecoveryCodes: {
            /** @description Each signs in once in the place of a code. */
            recovery_codes: string[];
        };
        /** @description Rows left out of a table, or that an upload was refused for. */
        Refused: {
            /** @description The first hundred in full. */
            first: components["schemas"]["BadRow"][];
            /** @description How many for each reason, over all of them. */
            reasons: [
                string,
                number
            ][];
            /**
             * Format: int64
             * @description How many.
             */
            rows: number;
        };
        /** @description An account that was made. */
        Registered: {
            /** @description The account. */
            user: components["schemas"]["User"];
        };
        /** @description Answers of about the same confidence. */
        ReliabilityBin: {
            /**
             * Format: double
             * @description The share of them that is right.
             */
            accuracy: number;
            /**
             * Format: double
             * @description Their mean confidence.
             */
            confidence: number;
            /**
             * Format: double
             * @description The least confidence of the bin, 0 to 1.
             */
            from: number;
            /**
             * Format: uint64
             * @description Answers in it.
             */
            n: number;
            /**
             * Format: double
             * @description The end of the bin.
             */
            to: number;
        };
        /** @description What is asked. */
        RetrainRequest: {
            /** @description Whether the new version is to serve without an effect and evidence. Guards are never skipped. Default false. */
            force_deploy?: boolean;
            /** @description The model; the only one where it is left out. */
            model_key?: string | null;
            /**
             * Format: double
             * @description Percent, above 0: a version whose own error on its validation folds is larger is kept aside, forced or not. The
             *     error is the spec's metric where that is a percentage, else WAPE; of classes the share that is wrong.
             */
            performance_threshold?: number | null;
            /** @description Why, in words. */
            reason?: string | null;
        };
        /** @description How retraining stands. */
        RetrainStatus: {
            active: components["schemas"]["Job"] | null;
            last_run: components["schemas"]["Job"] | null;
            /** @description What will ask for it, by model. */
            scheduled_jobs: components["schemas"]["Schedule"][];
        };
        /** @description What a member may do. */
        Role: {
            /** @description `viewer`, `user` or `admin`. */
            role: components["schemas"]["Tier"];
        };
        /** @description What columns seem to be for in a forecast. */
        RoleGuess: {
            frequency: components["schemas"]["Frequency"] | null;
            /** @description Coarser levels that the series belong to. */
            hierarchy: string[];
            /** @description Columns whose future values may be known ahead. */
            known_future: string[];
            /** @description Columns that name a series. */
            series: string[];
            /** @description Columns that do not change within a series. */
            static: string[];
            /** @description The column to predict. */
            target: string | null;
            /** @description The column of dates. */
            time: string | null;
            /** @description The reasons, in words. */
            why: string[];
        };
        /** @description A version to go back to. */
        Rollback: {
            /** @description Why, in words. */
            reason?: string | null;
            /** @description The version; default the one that served before. */
            version?: string | null;
        };
        /** @description How a rule is set. */
        RuleSettings: {
            /**
             * Format: double
             * @description The MAPE over which a branch counts, percent; of `branches` alone.
             */
            branch_mape?: number | null;
            /**
             * Format: double
             * @description How far a number must fall below its limit to count as better, percent of the limit; of rules that measure.
             */
            clear_below_percent?: number | null;
            /**
             * Format: uint32
             * @description It must be better for this many minutes before it is over.
             * @default 0
             */
            clear_minutes: number;
            /**
             * Format: double
             * @description A number over this is critical; of rules that measure.
             */
            critical?: number | null;
            /** @description Whether it watches at all. */
            enabled: boolean;
            /**
             * Format: uint32
             * @description It must be so for this many minutes before people are told.
             * @default 0
             */
            for_minutes: number;
            /** @description How bad it is; of rules that are so or not. */
            severity?: components["schemas"]["Severity"] | null;
            /**
             * Format: double
             * @description A number over this is a warning; of rules that measure.
             */
            warning?: number | null;
        };
        /**
         * @description How a run ended.
         * @enum {string}
         */
        RunOutcome: "loaded" | "unchanged" | "failed";
        /** @description A schedule. */
        Schedule: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Minute, hour, day of the month, month, weekday. */
            cron: string;
            /** @description Its identity. */
            id: string;
            last: components["schemas"]["Fired"] | null;
            /** @description Of which model; null where it is about a source. */
            model: string | null;
            /**
             * Format: date-time
             * @description When it fires next; null while it is paused.
             */
            next_at: string | null;
            /** @description Whether it follows a spec or was made by a person. */
            origin: components["schemas"]["ScheduleOrigin"];
            /** @description A paused schedule fires only when somebody asks. */
            paused: boolean;
            /** @description Of which source; null where it is about a model. */
            source: string | null;
            /** @description What it asks for. */
            task: components["schemas"]["ScheduledTask"];
            /** @description The zone that they are read in. */
            timezone: string;
        };
        /** @description What is to be another; what is left out stays. */
        ScheduleChange: {
            /** @description Other times. */
            cron?: string | null;
            /** @description Whether it is paused. */
            paused?: boolean | null;
            /** @description Another zone. */
            timezone?: string | null;
        };
        /**
         * @description What a schedule asks for.
         * @enum {string}
         */
        ScheduledTask: "retrain" | "sync" | "daily_metrics" | "drift_check";
        /**
         * @description Where a schedule comes from.
         * @enum {string}
         */
        ScheduleOrigin: "spec" | "person";
        /** @description A challenge and a second factor for it. */
        SecondFactorLogin: {
            /** @description What `POST /auth/login` gave. It is good for five minutes, from the same address. */
            challenge: string;
            /** @description The six digits that the app shows. */
            code?: string | null;
            /** @description One of the recovery codes instead. */
            recovery_code?: string | null;
        };
        /** @description How one's second factor stands. */
        SecondFactorView: {
            /** @description Whether it can be enrolled here; false where a provider signs the account in. */
            available: boolean;
            /** @description Whether signing in asks for a code. */
            enabled: boolean;
            /**
             * Format: date-time
             * @description Since when.
             */
            enabled_at: string | null;
            /**
             * Format: int64
             * @description Recovery codes that were not used yet.
             */
            recovery_codes_left: number;
            /** @description Whether accounts of this tier must have one. */
            required: boolean;
        };
        /** @description One series: its values in the order of the series columns, or by column. */
        SeriesChoice: string[] | {
            [key: string]: string;
        };
        /** @description One series of a forecast. */
        SeriesForecast: {
            /** @description In which part it answered: `champion` or `challenger`. */
            arm: string | null;
            /** @description Its last periods, where asked for. */
            history: components["schemas"]["HistoryPoint"][];
            /** @description The periods to come. */
            points: components["schemas"]["ForecastPoint"][];
            /** @description Its values of the series columns. */
            series: string[];
            /** @description The version that answered, where a challenger is given a share of the series; else null: the champion did. */
            version: string | null;
        };
        /** @description The series that a model knows. */
        SeriesKeys: {
            /** @description The columns that name a series. */
            columns: string[];
            /** @description The values of each series. */
            items: string[][];
        };
        /** @description Accuracy of one series over all folds. */
        SeriesMetrics: {
            /** @description Its accuracy. */
            metrics: components["schemas"]["Metrics"];
            /** @description Its values of the series columns. */
            series: string[];
        };
        /** @description A session, without its secret. */
        Session: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ends at the latest.
             */
            expires_at: string;
            /** @description Where it was begun from. */
            ip: string | null;
            /**
             * Format: date-time
             * @description The last request, to the minute.
             */
            last_seen_at: string;
            /** @description What it was begun with. */
            user_agent: string | null;
            /** @description The workspace that it works in. */
            workspace: string;
        };
        /**
         * @description How bad it is; the later the worse.
         * @enum {string}
         */
        Severity: "warning" | "critical";
        /** @description A session that began. */
        SignedInView: {
            /**
             * Format: date-time
             * @description The latest moment at which the session ends.
             */
            expires_at: string;
            /** @description Whether the one-time password must be replaced before anything else. */
            must_change_password: boolean;
            /** @description Whether a second factor must be enrolled before anything else. */
            must_enrol_second_factor: boolean;
            /** @description The session's secret for programs, as a bearer. Browsers get it as a cookie. */
            token: string;
            /** @description The account. */
            user: components["schemas"]["User"];
        };
        /** @description How one may sign in here. */
        SignInMethods: {
            /** @description By name and password. */
            password: boolean;
            provider: components["schemas"]["ProviderMethod"] | null;
            /** @description Whether anybody may make himself an account. */
            registration: boolean;
        };
        /** @description A silence. */
        Silence: {
            /** @description Whether it holds now. */
            active: boolean;
            /** @description Who, by name. */
            by: string;
            /**
             * Format: date-time
             * @description When it was ended before its time.
             */
            ended_at: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            from: string;
            /** @description Its identity. */
            id: string;
            /** @description The model that it is of; null for every model and source. */
            model: string | null;
            /** @description Why. */
            reason: string;
            rule: components["schemas"]["AlertRuleKind"] | null;
            /**
             * Format: date-time
             * @description Until when.
             */
            until: string;
        };
        /**
         * @description The door that a request came through.
         * @enum {string}
         */
        Source: "api" | "gui" | "cli" | "system";
        /** @description What a source is: exactly one of `files`, `http` and `sql` says where rows come from. */
        SourceDefinition: {
            /** @description Minute, hour, day of the month, month, weekday; `0 2 * * *` by default. */
            cron?: string | null;
            /** @description The dataset that it fills; it need not be there yet. */
            dataset: string;
            files?: components["schemas"]["FilesPlace"] | null;
            http?: components["schemas"]["HttpPlace"] | null;
            /** @description Its key, `[a-z0-9_-]{1,64}`; in a change that of the address, or left out. */
            key?: string | null;
            /** @description The columns that tell rows apart, e.g. branch; with `time`. */
            keys?: string[];
            read?: components["schemas"]["ReadOptions"] | null;
            sql?: components["schemas"]["SqlPlace"] | null;
            /** @description The column of dates or moments: it tells rows apart, too, and says how fresh they are. */
            time?: string | null;
            /** @description The zone that they are read in, e.g. `Europe/Moscow`; UTC by default. */
            timezone?: string | null;
        };
        /**
         * @description The kinds of places.
         * @enum {string}
         */
        SourceKind: "files" | "http" | "sql";
        /** @description Activation of an MLP. */
        SpecActivation: "relu" | "tanh" | "logistic" | "identity";
        /** @description When people are told. What is left out is as the workspace's rules say. */
        SpecAlertPolicy: {
            /**
             * Format: double
             * @description Absolute bias.
             */
            bias?: number | null;
            /**
             * Format: double
             * @description Bias as a share of what came true, percent.
             */
            bias_percent?: number | null;
            /** @description Branches that fail together. */
            branches?: components["schemas"]["SpecBranchAlert"] | null;
            /**
             * Format: double
             * @description Worse by this percentage within a week.
             */
            degradation_week?: number | null;
            /**
             * Format: double
             * @description Live MAPE over this is critical, percent.
             */
            mape_critical?: number | null;
            /**
             * Format: double
             * @description Live MAPE over this is a warning, percent.
             */
            mape_warning?: number | null;
        };
        /** @description The word `auto`. */
        SpecAuto: "auto";
        /** @description Rows in a batch. */
        SpecBatchSize: components["schemas"]["SpecAuto"] | number;
        /** @description More than `count` branches with a MAPE over `mape` percent. */
        SpecBranchAlert: {
            /**
             * Format: uint32
             * @description How many.
             * @default 3
             */
            count: number;
            /**
             * Format: double
             * @description Percent.
             * @default 30
             */
            mape: number;
        };
        /** @description Holidays, pay days and events. */
        SpecCalendar: {
            /** @description The country whose public holidays are features; none by default. */
            country?: components["schemas"]["SpecCountry"] | null;
            /** @description The company's own days. */
            events?: components["schemas"]["SpecCalendarEvent"][];
            /** @description Days that are not what the country's calendar says. */
            overrides?: components["schemas"]["SpecDayOverride"][];
            /**
             * @description Days of the month on which wages are paid; 31 is the last day of any month. Paid on the working day before
             *     where that is a day off. Default for RU: 5 and 20; an empty list for none.
             */
            pay_days?: number[] | null;
        };
        /** @description A day that matters, each time it comes. */
        SpecCalendarEvent: {
            /**
             * Format: uint32
             * @description Days after it that feel it.
             * @default 0
             */
            after: number;
            /**
             * Format: uint32
             * @description Days before it that feel it.
             * @default 0
             */
            before: number;
            /** @description Its dates, `YYYY-MM-DD`, past and future. */
            dates: string[];
            /** @description Its name. */
            name: string;
        };
        /** @description How much classes count. */
        SpecClassWeight: "none" | "balanced";
        /** @description A country with a known calendar of public holidays. */
        SpecCountry: "RU";
        /** @description Where rows come from and what their columns mean. */
        SpecData: {
            /** @description Columns of records that hold yes or no. */
            boolean?: string[];
            /** @description Categorical columns of records. */
            categorical?: string[];
            /** @description The dataset's key. */
            dataset: string;
            /** @description Columns of records that hold dates. */
            date?: string[];
            /** @description The length of a period; guessed from the dates when left out. */
            frequency?: components["schemas"]["SpecFrequency"] | null;
            /** @description Groupings that cross each other. */
            grouped?: string[][];
            /** @description Coarser levels above the series, finest first; the total is implied. */
            hierarchy?: string[];
            /** @description Numeric columns whose future values are known ahead (promotions, opening days). */
            known_future?: string[];
            /**
             * @description What a gap inside a series means.
             * @default zero
             */
            missing: components["schemas"]["SpecMissing"];
            /** @description Numeric columns of records. */
            numeric?: string[];
            /**
             * @description What happens to values that are far out of the ordinary.
             * @default keep
             */
            outliers: components["schemas"]["SpecOutliers"];
            /** @description Columns that name a series; one series per combination. Empty: one series in all. */
            series?: string[];
            /** @description Columns that say what a series is and do not change. */
            static?: string[];
            /** @description The column to predict. */
            target: string;
            /** @description Text columns of records. */
            text?: string[];
            /** @description The column of dates; needed for a forecast. */
            time?: string | null;
            /** @description The time zone in which the times of the data become dates, e.g. `Europe/Moscow`; UTC when left out. */
            timezone?: string | null;
            /**
             * Format: uint32
             * @description The number of one version of it, e.g. 3; default the newest.
             */
            version?: number | null;
            /** @description The column that says how much a row counts. */
            weight?: string | null;
        };
        /** @description What a day can be. */
        SpecDayKind: "holiday" | "day_off" | "working" | "short";
        /** @description What one day is. */
        SpecDayOverride: {
            /** @description The day, `YYYY-MM-DD`. */
            date: string;
            /** @description What it is. */
            kind: components["schemas"]["SpecDayKind"];
        };
        /** @description Where training runs. */
        SpecDevice: "auto" | "cpu" | "cuda";
        /** @description When data counts as drifted. */
        SpecDriftPolicy: {
            /**
             * @description A cron expression.
             * @default 0 23 * * *
             */
            check: string;
            /**
             * Format: uint32
             * @description Checks in a row before drift is confirmed.
             * @default 2
             */
            confirm_days: number;
            /**
             * Format: double
             * @description Jensen–Shannon distance above this.
             * @default 0.2
             */
            js: number;
            /**
             * Format: uint64
             * @description No verdict below this many rows.
             * @default 100
             */
            min_rows: number;
            /**
             * Format: double
             * @description Population stability index above this.
             * @default 0.1
             */
            psi: number;
        };
        /** @description Which engine learns. */
        SpecEngine: "auto" | "gbdt" | "seasonal_naive" | "weekday_mean" | "ets" | "theta" | "croston" | "mlp" | "linear";
        /** @description Which features are built. */
        SpecFeatures: {
            /**
             * @description Holidays, pay days and events.
             * @default {}
             */
            calendar: components["schemas"]["SpecCalendar"];
            /** @description Fourier terms; none by default. */
            fourier?: components["schemas"]["SpecFourier"] | null;
            /**
             * @description Distances back in periods.
             * @default auto
             */
            lags: components["schemas"]["SpecWindows"];
            /** @description Whether a series that began later than others borrows a past from those most like it. */
            look_alikes?: boolean;
            /** @description Quantiles of the rolling windows, percent, 1 to 99; none by default. */
            quantiles?: number[];
            /**
             * @description Widths of rolling windows in periods.
             * @default auto
             */
            rolling: components["schemas"]["SpecWindows"];
            /**
             * @description Widths of windows over the same weekday (or month, quarter, week of the year), in seasons.
             * @default auto
             */
            same_season: components["schemas"]["SpecWindows"];
        };
        /** @description Fourier terms, chosen or given. */
        SpecFourier: components["schemas"]["SpecAuto"] | {
            [key: string]: number;
        };
        /** @description The length of a period. */
        SpecFrequency: "D" | "W" | "M" | "Q" | "H";
        /** @description Layer sizes of an MLP. */
        SpecHiddenLayers: components["schemas"]["SpecLayerPreset"] | number[];
        /** @description A day that is not what its weekday alone would make it. */
        SpecialDayView: {
            company?: components["schemas"]["CompanyDayView"] | null;
            /** @description The day, `YYYY-MM-DD`. */
            date: string;
            /** @description What it is for the models of this workspace. */
            kind: components["schemas"]["DayKind"];
            /** @description What the country's calendar says. */
            official: components["schemas"]["DayKind"];
        };
        /** @description How prediction intervals are made. */
        SpecIntervalMethod: "conformal";
        /** @description Prediction intervals. */
        SpecIntervals: {
            /**
             * @description Levels in percent, 50 to 99.
             * @default [
             *       80,
             *       95
             *     ]
             */
            levels: number[];
            /**
             * @description How they are made.
             * @default conformal
             */
            method: components["schemas"]["SpecIntervalMethod"];
        };
        /** @description Known sets of layer sizes. */
        SpecLayerPreset: "auto" | "standard" | "large";
        /** @description A metric that versions can be compared by; lower is better. */
        SpecMetric: "wape" | "mape" | "smape" | "mae" | "rmse" | "mase";
        /** @description What a gap inside a series means. */
        SpecMissing: "zero" | "interpolate" | "closed";
        /** @description The loss that trees minimise. */
        SpecObjective: "l2" | "l1" | "quantile" | "poisson" | "tweedie";
        /** @description What happens to values that are far out of the ordinary. */
        SpecOutliers: "keep" | "mask";
        /** @description Parameters of the engines. Those of another engine than the chosen one are refused. */
        SpecParams: {
            /** @description MLP: the activation. */
            activation?: components["schemas"]["SpecActivation"] | null;
            /**
             * Format: double
             * @description MLP, linear: L2 penalty.
             */
            alpha?: number | null;
            /** @description MLP: rows in a batch. */
            batch_size?: components["schemas"]["SpecBatchSize"] | null;
            /** @description Classification: how much classes count. */
            class_weight?: components["schemas"]["SpecClassWeight"] | null;
            /**
             * Format: double
             * @description MLP: the share of each hidden layer that is silenced for a batch.
             */
            dropout?: number | null;
            /** @description Trees, MLP: stop when the held-out rows improve no more. */
            early_stopping?: boolean | null;
            /**
             * Format: double
             * @description Trees: the share of features that each tree may use.
             */
            feature_share?: number | null;
            /** @description MLP: the sizes of its layers. */
            hidden_layers?: components["schemas"]["SpecHiddenLayers"] | null;
            /**
             * Format: double
             * @description Trees: L1 penalty on leaf values.
             */
            lambda_l1?: number | null;
            /**
             * Format: double
             * @description Trees: L2 penalty on leaf values.
             */
            lambda_l2?: number | null;
            /**
             * Format: double
             * @description Trees, MLP: step size.
             */
            learning_rate?: number | null;
            /**
             * Format: uint32
             * @description Trees: leaves in each.
             */
            leaves?: number | null;
            /**
             * Format: uint32
             * @description MLP: most passes over the rows.
             */
            max_epochs?: number | null;
            /**
             * Format: uint32
             * @description Trees: fewest rows in a leaf.
             */
            min_leaf_rows?: number | null;
            /** @description Trees: features that the answer must rise (1) or fall (-1) with. */
            monotone?: {
                [key: string]: number;
            };
            /** @description Trees: the loss. */
            objective?: components["schemas"]["SpecObjective"] | null;
            /** @description MLP: the numbers it computes in. */
            precision?: components["schemas"]["SpecPrecision"] | null;
            /**
             * Format: double
             * @description Trees: the quantile that objective `quantile` predicts.
             */
            quantile?: number | null;
            /**
             * Format: uint32
             * @description Trees: how many.
             */
            rounds?: number | null;
            /**
             * Format: double
             * @description Trees: the share of rows that each tree sees.
             */
            row_share?: number | null;
            /** @description MLP: how the step size changes. */
            schedule?: components["schemas"]["SpecSchedule"] | null;
            /** @description MLP: the optimiser. */
            solver?: components["schemas"]["SpecSolver"] | null;
            /**
             * Format: double
             * @description Trees: the variance power of objective `tweedie`.
             */
            tweedie_power?: number | null;
            /**
             * Format: double
             * @description Trees, MLP: the share held out for it.
             */
            validation_fraction?: number | null;
        };
        /** @description What happens by itself. */
        SpecPolicies: {
            /** @description When people are told. */
            alerts?: components["schemas"]["SpecAlertPolicy"] | null;
            /** @description When data counts as drifted. */
            drift?: components["schemas"]["SpecDriftPolicy"] | null;
            /** @description When a new version replaces the serving one. */
            promote?: components["schemas"]["SpecPromotePolicy"] | null;
            /** @description When it is trained again. */
            retrain?: components["schemas"]["SpecRetrainPolicy"] | null;
        };
        /** @description The numbers that an MLP computes in. */
        SpecPrecision: "f32" | "bf16";
        /** @description What a good version becomes. */
        SpecPromoteMode: "champion" | "challenger";
        /** @description When a new version replaces the serving one. */
        SpecPromotePolicy: {
            /**
             * Format: double
             * @description The level of the paired test.
             * @default 0.05
             */
            level: number;
            /**
             * Format: double
             * @description An improvement above this share is minor.
             * @default 0.01
             */
            minor: number;
            /**
             * @description What a good version becomes.
             * @default champion
             */
            mode: components["schemas"]["SpecPromoteMode"];
            /**
             * Format: uint32
             * @description Days that the former version goes on answering in shadow; where the new one is shown to be worse by then, the
             *     former one serves again. 0: not at all.
             * @default 28
             */
            probation_days: number;
            /**
             * Format: double
             * @description How much worse a segment may become.
             * @default 0.1
             */
            segment_harm: number;
            /**
             * Format: double
             * @description An improvement above this share is significant.
             * @default 0.05
             */
            significant: number;
        };
        /** @description How forecasts of a hierarchy are made to agree. */
        SpecReconcile: "none" | "bottom_up" | "top_down" | "ols" | "wls" | "mint_shrink";
        /** @description When a model is trained again. */
        SpecRetrainPolicy: {
            /**
             * Format: double
             * @description Live MAPE over this, percent.
             * @default 15
             */
            mape_above: number;
            /**
             * Format: uint32
             * @description Older than this, it is trained again.
             * @default 30
             */
            max_age_days: number;
            /**
             * Format: uint64
             * @description New labelled predictions since training.
             * @default 1000
             */
            new_labels: number;
            /**
             * @description On confirmed drift.
             * @default true
             */
            on_drift: boolean;
            /**
             * @description A cron expression.
             * @default 0 3 * * SUN
             */
            schedule: string;
            /**
             * @description The zone it is read in.
             * @default UTC
             */
            timezone: string;
        };
        /** @description How the step size of an MLP changes from epoch to epoch. */
        SpecSchedule: "constant" | "cosine" | "invscaling" | "adaptive";
        /** @description Optimiser of an MLP. */
        SpecSolver: "adam" | "sgd";
        /** @description What a model does. */
        SpecTask: "forecast" | "classification" | "regression";
        /** @description A title in one or several languages. */
        SpecTitle: string | components["schemas"]["SpecTitleByLanguage"];
        /** @description A title by language. */
        SpecTitleByLanguage: {
            /** @description English. */
            en?: string | null;
            /** @description Russian. */
            ru?: string | null;
        };
        /** @description How accuracy is measured. */
        SpecValidation: {
            /**
             * Format: uint32
             * @description Rolling-origin folds, 1 to 20.
             * @default 3
             */
            folds: number;
            /**
             * Format: uint32
             * @description Periods left out between the last one learnt from and the first one scored.
             * @default 0
             */
            gap: number;
            /**
             * @description The metric that engines and versions are compared by.
             * @default wape
             */
            metric: components["schemas"]["SpecMetric"];
            /**
             * Format: uint32
             * @description Periods between cutoffs; default the horizon.
             */
            step?: number | null;
        };
        /** @description Periods, chosen or given. */
        SpecWindows: components["schemas"]["SpecAuto"] | number[];
        /** @description A query to a database. */
        SqlPlace: {
            /** @description One SELECT. */
            query: string;
            /**
             * @description `postgres://user:${env:VAKHTA_SECRET_…}@host/database`, or `sqlite:///absolute/file.db` below one of the server's
             *     `source_folders`.
             */
            url: string;
            /**
             * @description A column of the query that never goes back (a counter, a time of change): only rows that are not below its
             *     largest value so far are asked for. All rows each time where left out.
             * @default null
             */
            watermark: string | null;
        };
        /** @description One sum of series in a forecast. */
        SumForecast: {
            /** @description The columns that its level is made of; empty for the total. */
            columns: string[];
            /** @description Its values of them. */
            key: string[];
            /** @description The periods to come. */
            points: components["schemas"]["ForecastPoint"][];
        };
        /** @description Something that should be looked at. */
        Suspicion: {
            /** @description Whom or what it is about: an account's name, an address, a token. */
            about: string;
            /**
             * Format: int64
             * @description How much of it there was.
             */
            count: number;
            /** @description The events that show it, by `seq`, oldest first; of many the last ones, of a day the first and the last. */
            events: number[];
            /**
             * Format: date-time
             * @description The first of it.
             */
            from: string;
            /** @description Of a new network: which. */
            network: string | null;
            /** @description Why, in words. */
            reason: string;
            /** @description By which rule. */
            rule: components["schemas"]["SuspicionRule"];
            /**
             * Format: date-time
             * @description The last of it.
             */
            to: string;
            /**
             * Format: int64
             * @description What the count is held against: the rule's limit, or the busiest day before.
             */
            usual: number;
        };
        /**
         * @description By which rule something is suspicious.
         * @enum {string}
         */
        SuspicionRule: "failed_sign_ins_from_address" | "failed_sign_ins_of_name" | "new_network" | "denied_access" | "odd_volume";
        /** @description A run of a source. */
        SyncRun: {
            /**
             * Format: int64
             * @description Rows that the dataset did not have.
             */
            added: number;
            /**
             * Format: int64
             * @description Bytes read.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Rows that it had with other values.
             */
            changed: number;
            /** @description Why it failed. */
            error: string | null;
            /**
             * Format: int64
             * @description Those that were new or changed.
             */
            files_read: number;
            /**
             * Format: int64
             * @description Files, answers or queries that were there.
             */
            files_seen: number;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string;
            /** @description The job that ran it. */
            job_id: string;
            /** @description The newest value of the time column in the dataset afterwards. */
            newest: string | null;
            /**
             * Format: int32
             * @description 1, 2, 3 … within the source.
             */
            number: number;
            /** @description How. */
            outcome: components["schemas"]["RunOutcome"];
            /** @description Rows left out, and why. */
            refused: components["schemas"]["Refused"];
            /**
             * Format: int64
             * @description Rows in them that parse.
             */
            rows_in: number;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Format: int32
             * @description How often the source had to be asked.
             */
            tries: number;
            /**
             * Format: int64
             * @description Rows that it had as they are, or that came again in the same run.
             */
            unchanged: number;
            /**
             * Format: int32
             * @description The number of the dataset's new version; null where nothing was new.
             */
            version: number | null;
        };
        /**
         * @description What a model does.
         * @enum {string}
         */
        Task: "forecast" | "classification" | "regression";
        /** @description A Telegram chat. */
        TelegramTarget: {
            /**
             * @description The address of an own bot server; Telegram's where left out.
             * @default null
             */
            api: string | null;
            /** @description The chat's number, or `@name` of a public channel. */
            chat_id: string;
        };
        /**
         * @description How much an account may do; later tiers may do all that earlier ones may.
         * @enum {string}
         */
        Tier: "viewer" | "user" | "admin" | "system_admin";
        /** @description A title in both languages; the key where the spec names none. */
        Title: {
            /** @description English. */
            en: string;
            /** @description Russian. */
            ru: string;
        };
        /** @description How mail reaches its server. */
        Tls: "tls" | "starttls" | "none";
        /** @description All that a training found out. */
        TrainingReport: {
            /** @description Step by step. */
            by_horizon: components["schemas"]["HorizonMetrics"][];
            /** @description Series by series. */
            by_series: components["schemas"]["SeriesMetrics"][];
            /** @description The engine that was used, e.g. `gbdt`. */
            engine: string;
            /** @description Fold by fold, oldest first. */
            folds: components["schemas"]["Fold"][];
            /** @description First and last period of the history. */
            history: [
                string,
                string
            ] | null;
            /** @description Features, most important first. */
            importance: components["schemas"]["Importance"][];
            /**
             * Format: double
             * @description The largest absolute forecast of the next horizon, over the largest absolute value in the history.
             */
            largest_ratio: number | null;
            /** @description What was noticed about the data. */
            notes: components["schemas"]["DataNote"][];
            /** @description Accuracy over all folds together. */
            overall: components["schemas"]["Metrics"];
            /** @description The parameters in force, names as in the spec. */
            params: Record<string, never>;
            /** @description The seasonal naive's, on the same rows. */
            seasonal_naive: components["schemas"]["Metrics"];
            /**
             * Format: int64
             * @description Series learnt from.
             */
            series: number;
            /**
             * Format: int64
             * @description Rows that the last fit learnt from.
             */
            train_rows: number;
            /** @description The same-weekday mean's, on the same rows. */
            weekday_mean: components["schemas"]["Metrics"];
        };
        /** @description What is to be trained. */
        TrainRequest: {
            /** @description A name for the version, unique within the model, e.g. `1.0.0`. */
            alias?: string | null;
            /** @description Another dataset than the spec's, for this training only. */
            dataset?: string | null;
            /** @description The model. */
            model_key: string;
            /** @description Why, in words. */
            reason?: string | null;
            spec?: components["schemas"]["ModelSpec"] | null;
        };
        /** @description A file as a form. Options may come before or after the file, in fields or in the query. */
        UploadForm: {
            /**
             * Format: binary
             * @description The file: CSV, JSON Lines or Parquet.
             */
            file: string;
            /** @description The dataset's key; not for `/datasets/inspect`. */
            key?: string | null;
            /** @description How to read it, as JSON: format, encoding, delimiter, decimal, dates, `text_columns`, `on_error`. */
            options?: string | null;
            /** @description What to call it. */
            title?: string | null;
        };
        /** @description An account. */
        User: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Its identity. */
            id: string;
            /** @description A disabled account signs in nowhere. */
            is_active: boolean;
            /**
             * Format: date-time
             * @description The last successful sign-in.
             */
            last_sign_in_at: string | null;
            /** @description Whether its one-time password must be replaced before anything else. */
            must_change_password: boolean;
            /** @description The address of the provider that signs it in; null where it has a password. */
            provider: string | null;
            /**
             * Format: date-time
             * @description Since when it has a second factor; null where it has none.
             */
            second_factor_at: string | null;
            /** @description What it may do. */
            tier: components["schemas"]["Tier"];
            /** @description Its name. */
            username: string;
        };
        /** @description What is to change about an account; what is left out stays. */
        UserChanges: {
            /** @description False disables it: its sessions and tokens end at once. */
            is_active?: boolean | null;
            /** @description Another password, to be changed at the next sign-in. Its sessions end. */
            password?: string | null;
            /** @description True for a one-time password, which is shown in the answer. */
            reset_password?: boolean | null;
            tier?: components["schemas"]["Tier"] | null;
            /** @description Another name. */
            username?: string | null;
        };
        /** @description Who is asking, and what he may do. */
        UserInfo: {
            /** @description Whether the one-time password must be replaced before anything else. */
            must_change_password: boolean;
            /** @description Whether a second factor must be enrolled before anything else. */
            must_enrol_second_factor: boolean;
            /** @description What it may do. */
            permissions: components["schemas"]["Permission"][];
            /** @description The account. */
            user: components["schemas"]["User"];
            /** @description Where it works. */
            workspace: string;
        };
        /** @description A trained version. */
        Version: {
            /** @description A name given at training. */
            alias: string | null;
            /**
             * Format: int64
             * @description The saved model's size.
             */
            artifact_bytes: number | null;
            /** @description SHA-256 of the saved model; null where training failed. */
            artifact_sha256: string | null;
            baseline: components["schemas"]["Quality"] | null;
            /** @description The program that trained or imported it. */
            code_version: string;
            /**
             * Format: date-time
             * @description When its training ended, or when it was imported.
             */
            created_at: string;
            /** @description The dataset it learnt from; null where another program knows. */
            dataset: string | null;
            /**
             * Format: int32
             * @description The number of the dataset version it learnt from.
             */
            dataset_version: number | null;
            /** @description The engine that was used; the one asked for where training failed; `imported_mlp` or `imported_trees`. */
            engine: string;
            /** @description Why training failed. */
            error: string | null;
            /** @description Its identity, `v_YYYYMMDD_HHMMSS_xxxxxxxx`. */
            id: string;
            /** @description The job that trained it; null where it was imported. */
            job_id: string | null;
            metrics: components["schemas"]["Metrics"] | null;
            /** @description Where it came from: `trained` here, or `imported` from another program's file. */
            origin: components["schemas"]["Origin"];
            quality: components["schemas"]["Quality"] | null;
            /** @description Why it was trained or imported, in the asker's words. */
            reason: string | null;
            seasonal_naive: components["schemas"]["Metrics"] | null;
            /**
             * Format: int64
             * @description The seed that it can be made again from.
             */
            seed: number;
            /** @description Where it stands. */
            state: components["schemas"]["VersionState"];
            weekday_mean: components["schemas"]["Metrics"] | null;
        };
        /** @description A version with all that its training found out. */
        VersionDetail: components["schemas"]["Version"] & {
            records_report: components["schemas"]["RecordsReport"] | null;
            report: components["schemas"]["TrainingReport"] | null;
            /** @description The spec it was trained by. */
            spec: components["schemas"]["ModelSpec"];
        };
        /**
         * @description Where a version stands.
         * @enum {string}
         */
        VersionState: "trained" | "deployed" | "archived" | "failed" | "rejected";
        /** @description A tenant. */
        Workspace: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Its key. */
            key: string;
            /** @description What people call it. */
            title: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
