"""Who acts, what they may do, which rows they may know of, and how they prove who they are."""
