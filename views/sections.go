package views

import (
	"github.com/a-h/templ"

	"wherefore/domain"
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
	SectionQuarantine     Section = "Quarantine"
	SectionAudit          Section = "Audit"
	SectionSettings       Section = "Settings"
)

// An entry is a section's place in the navigation, and whose it is.
type entry struct {
	section Section
	url     templ.SafeURL
	shownTo func(domain.Role) bool
}

// daily is what people come for, administration what keeps it right.
var (
	daily = []entry{
		{SectionOverview, OverviewURL(), domain.Role.Known},
		{SectionDisconnections, DisconnectionsURL(Query{}), domain.Role.Known},
		{SectionClusters, ClustersURL(Query{}), domain.Role.Promotes},
		{SectionParsers, ParsersURL(Query{}), domain.Role.Promotes},
		{SectionProfiles, ProfilesURL(Query{}), domain.Role.Known},
		{SectionTrends, TrendsURL(Query{}), domain.Role.Known},
		{SectionReasons, ReasonsURL(Query{}), domain.Role.Known},
	}
	administration = []entry{
		{SectionSources, SourcesURL(Query{}), domain.Role.Promotes},
		{SectionQuarantine, QuarantineURL(Query{}), domain.Role.Promotes},
		{SectionAudit, AuditURL(Query{}), domain.Role.Administers},
		{SectionSettings, SettingsURL(), domain.Role.Administers},
	}
)

// navigation is what the viewer may open, with the section that is open now.
func navigation(v Viewer, open Section) ui.NavProps {
	return ui.NavProps{Home: OverviewURL(), Groups: []ui.NavGroupProps{
		{Links: links(daily, v, open)},
		{Title: "Administration", Links: links(administration, v, open)},
	}}
}

func links(entries []entry, v Viewer, open Section) []ui.NavLinkProps {
	var out []ui.NavLinkProps
	for _, e := range entries {
		if e.shownTo(v.Role) {
			out = append(out, ui.NavLinkProps{Text: string(e.section), URL: e.url, Current: e.section == open})
		}
	}
	return out
}
