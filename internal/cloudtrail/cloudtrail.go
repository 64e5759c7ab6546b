// Package cloudtrail is the CloudTrail API as far as it looks up events: what the audit log has of an account. There are no
// trails besides.
//
// It imports audit, where the events are, awsapi and policy. The main rule: a call reads a bounded part of the log, however much
// there is of it, and shows events of the account and the region of the request, and no others.
package cloudtrail

import (
	"strings"

	"golang.org/x/sync/semaphore"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
)

// Service holds what the operations need.
type Service struct {
	log *audit.Log
	// reading lets few calls read the log at a time. The others wait.
	reading *semaphore.Weighted
}

// maxReading is how many calls read the log at a time: each keeps a core and a disk busy.
const maxReading = 2

// New returns the service over a log, which may be nil: then there are no events.
func New(log *audit.Log) *Service { return &Service{log, semaphore.NewWeighted(maxReading)} }

// Operations returns every operation of the CloudTrail API, in alphabetical order. One without Decode is not there yet.
func (s *Service) Operations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){"LookupEvents": s.lookupEvents}
	var all []awsapi.Operation
	for _, name := range strings.Fields(operations) {
		all = append(all, awsapi.Operation{Service: "cloudtrail", Name: name, Decode: there[name]})
	}
	return all
}

const operations = `AddTags CancelQuery CreateChannel CreateDashboard CreateEventDataStore CreateTrail DeleteChannel DeleteDashboard
	DeleteEventDataStore DeleteResourcePolicy DeleteTrail DeregisterOrganizationDelegatedAdmin DescribeQuery
	DescribeTrails DisableFederation EnableFederation GenerateQuery GetChannel GetDashboard GetEventConfiguration
	GetEventDataStore GetEventSelectors GetImport GetInsightSelectors GetQueryResults GetResourcePolicy GetTrail
	GetTrailStatus ListChannels ListDashboards ListEventDataStores ListImportFailures ListImports ListInsightsData
	ListInsightsMetricData ListPublicKeys ListQueries ListTags ListTrails LookupEvents PutEventConfiguration
	PutEventSelectors PutInsightSelectors PutResourcePolicy RegisterOrganizationDelegatedAdmin RemoveTags
	RestoreEventDataStore SearchSampleQueries StartDashboardRefresh StartEventDataStoreIngestion StartImport
	StartLogging StartQuery StopEventDataStoreIngestion StopImport StopLogging UpdateChannel UpdateDashboard
	UpdateEventDataStore UpdateTrail`
