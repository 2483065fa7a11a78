package trials

import (
	"testing"

	"wherefore/domain/trial"
	"wherefore/views"
)

func TestPagesHaveWordsForEachBucket(t *testing.T) {
	t.Parallel()
	for _, bucket := range trial.Buckets() {
		if b := views.Bucket(string(bucket)); b.Title == "" || b.Hint == "" || b.Tone == "" {
			t.Errorf("%s is shown as %+v", bucket, b)
		}
	}
}
