package cluster

// CommonTemplate returns what templates share, with wildcards where they differ, for
// clusters that people merged. The most important template comes first; a later one
// that shares no words with those before it is skipped.
func CommonTemplate(templates []string) string {
	if len(templates) == 0 {
		return ""
	}
	shared := tokenize(templates[0])
	if countConstants(shared) == 0 {
		return templates[0]
	}
	for _, template := range templates[1:] {
		list := tokenize(template)
		if len(list) != len(shared) {
			continue
		}
		if both := mergeTemplates(shared, list); countConstants(both) > 0 {
			shared = both
		}
	}
	return joinTokens(shared)
}

// Covers reports whether a template, such as "user <*> left", covers a shape, such
// as "user ann left": whether the shape differs only where the template has masks.
func Covers(template, shape string) bool {
	shared, list := tokenize(template), tokenize(shape)
	return len(shared) == len(list) && joinTokens(mergeTemplates(shared, list)) == joinTokens(tokenize(template))
}
