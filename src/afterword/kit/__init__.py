"""Tools without domain, and the only place for effects: the clock, SQL, PostgreSQL itself, engines, HTTP, testing."""
