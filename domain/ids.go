package domain

import "strconv"

// ClusterID identifies a cluster; 0 is none.
type ClusterID int64

// ParseClusterID reads a decimal number; a text that is none, or is not positive, is
// no cluster's id.
func ParseClusterID(text string) ClusterID {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return ClusterID(max(n, 0))
}

// String is the decimal number, "" for none.
func (id ClusterID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}
