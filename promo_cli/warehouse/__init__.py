"""The DuckDB database that ingest fills: schema, ledger, quarantine, receipts."""
