/** Short words about what was just done; they go by themselves. */

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'failed';
}

class Toasts {
  shown = $state<Toast[]>([]);
  #next = 1;

  say(text: string, kind: Toast['kind'] = 'done'): void {
    const id = this.#next++;
    this.shown.push({ id, text, kind });
    setTimeout(() => this.drop(id), kind === 'failed' ? 12_000 : 6_000);
  }
  drop(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
