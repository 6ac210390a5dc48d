"""Our own words over HTTP and in files: name, occurred_at, who, references, properties. Pure."""
