raise SystemExit("LEAD: read LEAD-READ-ME.md in the worktree; your version is set aside in branch incidents-old")
