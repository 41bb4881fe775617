"""Finals of drafts: what each would be, having them made, and swapping them into the cut."""
