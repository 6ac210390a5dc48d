"""Evidence: one file a claim of the product's, asked of real data whose truth is known, beside a simple rival."""
