"""Every address of the site, asked by everybody: who gets in, and what they get to see."""
