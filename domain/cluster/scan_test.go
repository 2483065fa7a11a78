package cluster

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func scan(text string) string {
	var s Scanner
	template, _ := s.Scan(text)
	return string(template)
}

func TestScanMasks(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"  nothing \t varies\n", "nothing varies"},
		{"waited 3 times", "waited <num> times"},
		{"offset -17, +4.5 of 99.9%", "offset <num> of <num>"},
		{"sizes 10 20, 30,40", "sizes <num>"},
		{"mask 0xBEEF and 8f14e45fceea167a", "mask <hex> and <hex>"},
		{"node node-155 via eth0", "node node-<num> via eth<num>"},
		{"attempt_144_0020_m_3 failed", "attempt_<id> failed"},
		{"job_8f2k1 root29_local 04DN8IQ", "job_<id> root<id> <id>"},
		{"moved blk_-17 and blk_17 2", "moved blk_<num> and blk_<num> <num>"},
		{"set user.id of com.example.app/.main.Start in f39182", "set user.id of <path> in <hex>"},
		{"log4j flush2disk", "log4j flush2disk"},
		{"trace 123e4567-e89b-12d3-a456-426614174000.", "trace <uuid>"},
		{"from 10.0.0.1:8080 to /10.0.0.2, 10.0.0.0/16", "from <ip> to <ip>"},
		{"peer fe80::1 and 2001:db8:0:0:0:0:0:1", "peer <ip> and <ip>"},
		{"card 5c:50:15:36:bc:03 up, 12:34:56:bc:03:01 down", "card <id> up, <id> down"},
		{"by urn:li:person:aBcD to did:plc:ewvi7", "by <id> to <id>"},
		{"PUT /v2/posts/urn:li:share:712 or /v2/posts: no", "PUT <path> or <path>: no"},
		{"lookup of a-1.cdn.example.com:443 failed", "lookup of <host> failed"},
		{"class org.example.app.Main$Inner not com.example.io", "class org.example.app.Main$Inner not com.example.io"},
		{"GET https://example.com/a?b=c&d=1), then", "GET <url>), then"},
		{"open /var/log/x.log: denied", "open <path>: denied"},
		{`open C:\Temp\x.log: denied`, "open <path>: denied"},
		{"read/write of application/json and src/app/main.go", "read/write of application/json and <path>"},
		{"mail ann.lee+x@example.org bounced", "mail <email> bounced"},
		{"by @ann_lee.", "by <mention>"},
		{"at 2015-10-18 18:01:47,978 and 2023-09-20T09:07:36Z", "at <time> and <time>"},
		{"on Monday, 11-Sep-23 04:00:00 PDT. The", "on <time>. The"},
		{"Wed, 20 Sep 2023 09:07:36 GMT", "<time>"},
		{"Jun 14 15:16:01 combo", "<time> combo"},
		{"on Feb 7, 2014 9:54am. Now 9:54 PM", "on <time>. Now <time>"},
		{"at 15 février 2015 09:49, 7 de mayo de 2014 10:00", "at <time>"},
		{"at 2014年8月17日 8:00 or 2014년 8월 17일 8:00", "at <time> or <time>"},
		{"wrote 12 pages 2010 times, 12 年", "wrote <num> pages <num> times, <num> 年"},
		{"Mary 5, May I? the 3 of them, Mar", "Mary <num>, May I? the <num> of them, Mar"},
		{"took 12ms, 3 seconds or 1 hour, <1 sec", "took <duration> or <duration>"},
		{"sent 1.26 KB and 402 bytes", "sent <size> and <size>"},
		{"page 'Blue Door' is missing, its state 'Blue Door'", "page <quoted> is missing, its state 'Blue Door'"},
		{`image "library/web:latest": not found`, "image <quoted>: not found"},
		{"token 'expired' and token 'revoked'", "token 'expired' and token 'revoked'"},
		{`the page “Blue Door” is gone`, "the page <quoted> is gone"},
		{`{"message": "Token expired"}`, `{"message": "Token expired"}`},
		{`refused "GET /a/b HTTP/1.1"`, `refused "GET <path> HTTP/<num>"`},
		{"key dGhpcyBJcyBh1IHRlc3Q4gb2Yg2d29yZA== bad", "key <token> bad"},
		{"app v1.2.3 or 1.4.1 or 2.6.0-rc", "app <version> or <version> or <version>"},
		{"a\x00\x01b \xff\xfe", "a<bytes>b <bytes>"},
		{"error 403 and code: 190 on port 403", "error 403 and code: 190 on port <num>"},
		{"Request failed (#32) of (#4)", "Request failed (#32) of (#4)"},
		{"HttpError 403, errorCode = 4, barcode 17, #1", "HttpError 403, errorCode = 4, barcode <num>, #<num>"},
		{"=========== ......", "=== ..."},
		{"It is over.", "It is over"},
		{"a <num> that is none", "a ‹num> that is none"},
		{"<<num> and <\u200bnum>>", "<‹num> and ‹num>>"},
		{"令牌在5天前过期", "令牌在<num>天前过期"},
		{"الرمز ٤٥ انتهى", "الرمز <num> انتهى"},
	} {
		if got := scan(c.text); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestScanIsBounded(t *testing.T) {
	many := make([]string, 100_000)
	for i := range many {
		many[i] = "w" + strings.Repeat("x", i%7)
	}
	for name, text := range map[string]string{
		"one token":     strings.Repeat("x", 1<<20),
		"many tokens":   strings.Join(many, " "),
		"numbers":       strings.Repeat("7 ", 1<<19),
		"quotes":        strings.Repeat("a '", 1<<18),
		"colons":        strings.Repeat("a:", 1<<19),
		"slashes":       strings.Repeat("/", 1<<20),
		"one class":     strings.Repeat("a.", 1<<19),
		"points":        strings.Repeat("1.", 1<<19),
		"no UTF-8":      strings.Repeat("\xff", 1<<20),
		"right to left": strings.Repeat("\u202eשלום ", 1<<16),
		"Han":           strings.Repeat("令牌", 1<<17),
	} {
		if n := len(scan(text)); n == 0 || n > maxTemplate+4*maxWord+len(ellipsis) {
			t.Errorf("%s: template of %d bytes", name, n)
		}
	}
}

func TestScanAcceptsAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		checkScan(t, text)
	})
}

func FuzzScan(f *testing.F) {
	for _, seed := range []string{"", "a 1", "'x' \"y", "http://", "1:2:3::", "\xff", "Jan 1 ", "<num>", "a@b.c/d\\e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { checkScan(t, text) })
}

// checkScan holds what is true of every text.
func checkScan(t interface{ Fatalf(string, ...any) }, text string) {
	var s Scanner
	out, spans := s.Scan(text)
	template := string(out)
	if !utf8.ValidString(template) || strings.ContainsAny(template, "\n\t\x00") {
		t.Fatalf("template %q", template)
	}
	if len(template) > maxTemplate+4*maxWord+len(ellipsis) {
		t.Fatalf("template of %d bytes", len(template))
	}
	masks, end := 0, 0
	for i := range template {
		if m := maskAt(template[i:]); m != 0 {
			if masks >= len(spans) || spans[masks].Mask != m {
				t.Fatalf("mask %d of %q has no span", masks, template)
			}
			masks++
		}
	}
	for _, span := range spans {
		if span.Start < end || span.End <= span.Start || span.End > len(text) {
			t.Fatalf("span %v of %q", span, text)
		}
		end = span.End
	}
	if masks != len(spans) {
		t.Fatalf("%d masks, %d spans: %q", masks, len(spans), template)
	}
}
