package static

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// WCAG 2.2 AA: text, and what shows where a control or a line of a chart is.
const (
	textContrast = 4.5
	lineContrast = 3.0
)

// pairs are the intents that meet on pages: what is seen, and on what.
var pairs = []struct {
	least  float64
	seen   []string
	ground []string
}{
	{textContrast, []string{"text", "text-quiet", "text-link"}, []string{"ground", "ground-frame", "ground-sunken", "ground-hover", "ground-selected", "ground-control", "ground-raised"}},
	{textContrast, []string{"text-accent"}, []string{"ground-selected", "ground-frame"}},
	{textContrast, []string{"on-primary"}, []string{"primary", "primary-hover"}},
	{textContrast, []string{"good", "text", "text-link"}, []string{"good-ground"}},
	{textContrast, []string{"warn", "text", "text-link"}, []string{"warn-ground"}},
	{textContrast, []string{"bad", "text", "text-link"}, []string{"bad-ground"}},
	{textContrast, []string{"info", "text", "text-link"}, []string{"info-ground"}},
	{textContrast, []string{"plain", "text", "text-link"}, []string{"plain-ground"}},
	{textContrast, []string{"good", "warn", "bad", "info", "plain"}, []string{"ground", "ground-control", "ground-raised"}},
	{textContrast, []string{"mark"}, []string{"mark-ground"}},
	{lineContrast, []string{"line-control", "focus", "accent", "primary"}, []string{"ground", "ground-frame", "ground-control"}},
	{lineContrast, []string{"series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"}, []string{"ground"}},
}

func TestColoursHaveEnoughContrast(t *testing.T) {
	css := string(read(files, "css/tokens.css"))
	for mode, name := range []string{"light", "dark"} {
		for _, p := range pairs {
			for _, seen := range p.seen {
				for _, ground := range p.ground {
					got := contrast(colour(t, css, seen, mode), colour(t, css, ground, mode))
					if got < p.least {
						t.Errorf("%s: --%s on --%s has %.2f, needs %.1f", name, seen, ground, got, p.least)
					}
				}
			}
		}
	}
}

var (
	lightDark = regexp.MustCompile(`^light-dark\((.+), (.+)\)$`)
	variable  = regexp.MustCompile(`^var\(--([\w-]+)\)$`)
)

// colour reads a token's colour; mode is 0 for light and 1 for dark.
func colour(t *testing.T, css, token string, mode int) [3]float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^\s*--` + token + `: (.+);$`).FindStringSubmatch(css)
	if m == nil {
		t.Fatalf("no token --%s", token)
	}
	value := m[1]
	if m := lightDark.FindStringSubmatch(value); m != nil {
		value = strings.TrimSpace(m[1+mode])
	}
	if m := variable.FindStringSubmatch(value); m != nil {
		return colour(t, css, m[1], mode)
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(value, "#"), 16, 24)
	if err != nil || len(value) != 7 {
		t.Fatalf("--%s: %q is no colour", token, value)
	}
	return [3]float64{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

// contrast is WCAG's ratio of the relative luminances of two sRGB colours.
func contrast(a, b [3]float64) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c [3]float64) float64 {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func TestContrastOfKnownColours(t *testing.T) {
	black, white, grey := [3]float64{}, [3]float64{1, 1, 1}, [3]float64{118. / 255, 118. / 255, 118. / 255}
	for _, test := range []struct {
		a, b [3]float64
		want float64
	}{{black, white, 21}, {white, white, 1}, {grey, white, 4.54}} {
		if got := contrast(test.a, test.b); math.Abs(got-test.want) > 0.005 {
			t.Errorf("contrast(%v, %v) = %.3f, want %.2f", test.a, test.b, got, test.want)
		}
	}
}
