package dynamodb

import (
	"testing"

	"github.com/statordb/stator/internal/awsapi"
)

// A pattern is compiled when it is first needed, which is here and not in a request.
func TestPatternsCompile(t *testing.T) {
	for _, p := range []awsapi.Pattern{bucketPattern, ownerPattern, delimiterPattern, headerPattern} {
		p.Match("")
	}
}
