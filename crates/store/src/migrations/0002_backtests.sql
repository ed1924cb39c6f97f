-- Where the scored rows of a version's validation folds are kept.
ALTER TABLE versions ADD COLUMN backtest_sha256 {text};
ALTER TABLE versions ADD COLUMN backtest_bytes {int};
