package cluster

// CommonTemplate returns a template of what shapes share that people have put together:
// "<*>" stands where they differ. The templates come in the order of their weight.
// The first always counts; a later one that has too little in common with those
// before it is passed over.
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

// Covers reports whether all that a template says is said by the errors of a
// shape, too.
func Covers(template, shape string) bool {
	shared, list := tokenize(template), tokenize(shape)
	return len(shared) == len(list) && joinTokens(mergeTemplates(shared, list)) == joinTokens(tokenize(template))
}
