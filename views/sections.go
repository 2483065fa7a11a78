package views

import (
	"slices"

	"github.com/a-h/templ"

	"wherefore/views/ui"
)

// A Section is a part of the dashboard that stands in its navigation.
type Section string

// The sections.
const (
	SectionOverview       Section = "Overview"
	SectionDisconnections Section = "Disconnections"
	SectionClusters       Section = "Clusters"
	SectionParsers        Section = "Parsers"
	SectionProfiles       Section = "Profiles"
	SectionTrends         Section = "Trends"
	SectionReasons        Section = "Reasons"
	SectionSources        Section = "Sources"
	SectionAudit          Section = "Audit"
	SectionSettings       Section = "Settings"
)

// An entry is a section's place in the navigation. No roles means all.
type entry struct {
	section Section
	url     templ.SafeURL
	roles   []string
}

var engineers = []string{"engineer", "admin"}

// daily is what people come for, upkeep what keeps it right.
var (
	daily = []entry{
		{SectionOverview, OverviewURL(), nil},
		{SectionDisconnections, DisconnectionsURL(Query{}), nil},
		{SectionClusters, ClustersURL(Query{}), engineers},
		{SectionParsers, ParsersURL(Query{}), engineers},
		{SectionProfiles, ProfilesURL(Query{}), nil},
		{SectionTrends, TrendsURL(Query{}), nil},
		{SectionReasons, ReasonsURL(Query{}), nil},
	}
	upkeep = []entry{
		{SectionSources, SourcesURL(Query{}), engineers},
		{SectionAudit, AuditURL(Query{}), []string{"admin"}},
		{SectionSettings, SettingsURL(), []string{"admin"}},
	}
)

// navigation is what the viewer may open, with the section that is open now.
func navigation(v Viewer, open Section) ui.NavProps {
	return ui.NavProps{Home: OverviewURL(), Groups: []ui.NavGroupProps{
		{Links: links(daily, v, open)},
		{Title: "Upkeep", Links: links(upkeep, v, open)},
	}}
}

func links(entries []entry, v Viewer, open Section) []ui.NavLinkProps {
	var out []ui.NavLinkProps
	for _, e := range entries {
		if len(e.roles) == 0 || slices.Contains(e.roles, v.Role) {
			out = append(out, ui.NavLinkProps{Text: string(e.section), URL: e.url, Current: e.section == open})
		}
	}
	return out
}
