"""Files that rules refuse, and near misses that they let pass; the verdicts are those of a real index."""
