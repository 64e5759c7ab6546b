// Package accessanalyzer is the IAM Access Analyzer API as far as it checks policies: what is wrong with a document, what is
// dangerous in it, what does nothing, and where. There are no analyzers of resources.
//
// It imports policy, whose language it checks, awsapi and jsonscan. The main rule: a finding is about the document alone, whoever
// asks, and it is one of those that AWS documents ("IAM policy validation check reference", IAM User Guide), under its code and in
// its words. A check is left out rather than wrong.
package accessanalyzer

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// Service holds what the operations need.
type Service struct {
	// actions are those that exist, of the services that are known as a whole, by the service.
	actions map[string][]string
}

// New returns the service. Operations are those of the server: they are actions that exist.
func New(operations []awsapi.Operation) *Service {
	s := &Service{actions: map[string][]string{}}
	for service, others := range permissions {
		s.actions[service] = strings.Fields(others)
	}
	for _, op := range operations {
		if _, ok := permissions[op.Service]; ok {
			s.actions[op.Service] = append(s.actions[op.Service], op.Name)
		}
	}
	for _, all := range s.actions {
		slices.Sort(all)
	}
	return s
}

// permissions are the actions that are no operations, of the services all of whose actions are known ("Actions, resources, and
// condition keys", Service Authorization Reference).
var permissions = map[string]string{
	"dynamodb": "AssociateTableReplica ConditionCheckItem CreateTableReplica DeleteTableReplica DescribeReservedCapacity " +
		"DescribeReservedCapacityOfferings GetAbacStatus InjectError PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate " +
		"PurchaseReservedCapacityOfferings ReadDataForReplication ReplicateSettings RestoreTableFromAwsBackup StartAwsBackupJob " +
		"UpdateAbacStatus UpdateGlobalTableVersion WriteDataForReplication",
	"iam": "DeleteCloudFrontPublicKey GetCloudFrontPublicKey ListCloudFrontPublicKeys ListSTSRegionalEndpointsStatus PassRole " +
		"SetSTSRegionalEndpointStatus UpdateAccountEmailAddress UpdateAccountName UpdateCloudFrontPublicKey UploadCloudFrontPublicKey",
	"sts": "GetServiceBearerToken SetContext SetSourceIdentity TagGetWebIdentityToken TagSession",
}

// Operations returns every operation of the API, in alphabetical order. One without Decode is not there yet.
func (s *Service) Operations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){"ValidatePolicy": s.validatePolicy}
	var all []awsapi.Operation
	for _, op := range operations {
		all = append(all, awsapi.Operation{Service: "access-analyzer", Name: op.name, Path: op.path, Decode: there[op.name]})
	}
	return all
}

var operations = []struct{ name, path string }{
	{"ApplyArchiveRule", "PUT /archive-rule"},
	{"CancelPolicyGeneration", "PUT /policy/generation/{jobId}"},
	{"CheckAccessNotGranted", "POST /policy/check-access-not-granted"},
	{"CheckNoNewAccess", "POST /policy/check-no-new-access"},
	{"CheckNoPublicAccess", "POST /policy/check-no-public-access"},
	{"CreateAccessPreview", "PUT /access-preview"},
	{"CreateAnalyzer", "PUT /analyzer"},
	{"CreateArchiveRule", "PUT /analyzer/{analyzerName}/archive-rule"},
	{"CreateServiceLinkedAnalyzer", "PUT /service-linked-analyzer"},
	{"DeleteAnalyzer", "DELETE /analyzer/{analyzerName}"},
	{"DeleteArchiveRule", "DELETE /analyzer/{analyzerName}/archive-rule/{ruleName}"},
	{"DeleteServiceLinkedAnalyzer", "DELETE /service-linked-analyzer/{analyzerName}"},
	{"GenerateFindingRecommendation", "POST /recommendation/{id}"},
	{"GetAccessPreview", "GET /access-preview/{accessPreviewId}"},
	{"GetAnalyzedResource", "GET /analyzed-resource"},
	{"GetAnalyzer", "GET /analyzer/{analyzerName}"},
	{"GetArchiveRule", "GET /analyzer/{analyzerName}/archive-rule/{ruleName}"},
	{"GetFinding", "GET /finding/{id}"},
	{"GetFindingRecommendation", "GET /recommendation/{id}"},
	{"GetFindingV2", "GET /findingv2/{id}"},
	{"GetFindingsStatistics", "POST /analyzer/findings/statistics"},
	{"GetGeneratedPolicy", "GET /policy/generation/{jobId}"},
	{"ListAccessPreviewFindings", "POST /access-preview/{accessPreviewId}"},
	{"ListAccessPreviews", "GET /access-preview"},
	{"ListAnalyzedResources", "POST /analyzed-resource"},
	{"ListAnalyzers", "GET /analyzer"},
	{"ListArchiveRules", "GET /analyzer/{analyzerName}/archive-rule"},
	{"ListFindings", "POST /finding"},
	{"ListFindingsV2", "POST /findingv2"},
	{"ListPolicyGenerations", "GET /policy/generation"},
	{"ListTagsForResource", "GET /tags/{resourceArn}"},
	{"StartPolicyGeneration", "PUT /policy/generation"},
	{"StartResourceScan", "POST /resource/scan"},
	{"TagResource", "POST /tags/{resourceArn}"},
	{"UntagResource", "DELETE /tags/{resourceArn}"},
	{"UpdateAnalyzer", "PUT /analyzer/{analyzerName}"},
	{"UpdateArchiveRule", "PUT /analyzer/{analyzerName}/archive-rule/{ruleName}"},
	{"UpdateFindings", "PUT /finding"},
	{"ValidatePolicy", "POST /policy/validation"},
}
