// Package costexplorer is the Cost Explorer API as far as it says what was used: request units and storage of tables. The cost of
// everything is nothing.
//
// It imports meter, where the figures are, awsapi and policy. The main rule is AWS's: what was used is shown to the root user, and to
// IAM users and roles only if the account gives them access to billing information and their policies allow it as well.
package costexplorer

import (
	"context"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/policy"
)

// Service holds what the operations need.
type Service struct {
	meter *meter.Store
	opts  Options
}

// Options are what others know.
type Options struct {
	// Billing says whether an account gives its IAM users and roles access to billing information; nil is never.
	Billing func(ctx context.Context, account string) (bool, error)
	// Tags are those of a table; nil is none.
	Tags func(ctx context.Context, account, region, name string) map[string]string
}

// New returns the service over what was measured.
func New(m *meter.Store, opts Options) *Service {
	if opts.Billing == nil {
		opts.Billing = func(context.Context, string) (bool, error) { return false, nil }
	}
	if opts.Tags == nil {
		opts.Tags = func(context.Context, string, string, string) map[string]string { return nil }
	}
	return &Service{m, opts}
}

// Operations returns every operation of the API, in alphabetical order. One without Decode is not there yet.
func (s *Service) Operations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){
		"GetCostAndUsage":              s.getCostAndUsage,
		"GetCostAndUsageWithResources": s.getCostAndUsageWithResources,
	}
	var all []awsapi.Operation
	for _, name := range strings.Fields(operations) {
		all = append(all, awsapi.Operation{Service: "ce", Name: name, Decode: there[name]})
	}
	return all
}

const operations = `CreateAnomalyMonitor CreateAnomalySubscription CreateCostCategoryDefinition DeleteAnomalyMonitor
	DeleteAnomalySubscription DeleteCostCategoryDefinition DescribeCostCategoryDefinition GetAnomalies
	GetAnomalyMonitors GetAnomalySubscriptions GetApproximateUsageRecords GetCommitmentPurchaseAnalysis
	GetCostAndUsage GetCostAndUsageComparisons GetCostAndUsageWithResources GetCostCategories GetCostComparisonDrivers
	GetCostForecast GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation
	GetReservationUtilization GetRightsizingRecommendation GetSavingsPlanPurchaseRecommendationDetails
	GetSavingsPlansCoverage GetSavingsPlansPurchaseRecommendation GetSavingsPlansUtilization
	GetSavingsPlansUtilizationDetails GetTags GetUsageForecast ListCommitmentPurchaseAnalyses
	ListCostAllocationTagBackfillHistory ListCostAllocationTags ListCostCategoryDefinitions
	ListCostCategoryResourceAssociations ListSavingsPlansPurchaseRecommendationGeneration ListTagsForResource
	ProvideAnomalyFeedback StartCommitmentPurchaseAnalysis StartCostAllocationTagBackfill
	StartSavingsPlansPurchaseRecommendationGeneration TagResource UntagResource UpdateAnomalyMonitor
	UpdateAnomalySubscription UpdateCostAllocationTagsStatus UpdateCostCategoryDefinition`

// call is a call of an operation.
func (s *Service) call(req *awsapi.Request, name string, do func(ctx context.Context) (any, error)) awsapi.Call {
	return &awsapi.Simple{Request: req, Operation: name, Need: policy.Need{Action: "ce:" + name, Resource: "*"},
		Do: func(ctx context.Context) (any, error) {
			if req.Caller.Type != policy.Root {
				switch open, err := s.opts.Billing(ctx, req.Caller.Account); {
				case err != nil:
					return nil, err
				case !open:
					return nil, failure("AccessDeniedException", "User not enabled for cost explorer access")
				}
			}
			return do(ctx)
		}}
}

func failure(code, message string) error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

func invalid(message string) error { return failure("ValidationException", message) }
