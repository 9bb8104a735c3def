using Millrace.Sql.Binding;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql.Streaming;

/// <summary>Decides how a query is answered while its inputs grow.</summary>
public static class StreamPlanner
{
    /// <summary>Plans a query.</summary>
    /// <param name="bound">The query, with the rules applied.</param>
    /// <param name="functions">For the expressions of watermarks.</param>
    /// <param name="settings">When results are given, and what is kept how long.</param>
    /// <param name="cancellation">Stops the planning.</param>
    public static async ValueTask<StreamPlan> PlanAsync(BoundQuery bound, FunctionTable functions, StreamSettings settings, CancellationToken cancellation)
    {
        var inputs = await StreamInputs.OfAsync(bound.Plan, functions, cancellation).ConfigureAwait(false);
        var planner = new StagePlanner(inputs, settings);
        StagePlan root = planner.PlanRoot(bound.Plan);
        List<StagePlan> stages = [];
        Collect(root, stages);
        Dictionary<StagePlan, string> ids = NameStates(stages);
        return new StreamPlan
        {
            Schema = SqlEngine.SchemaOf(bound),
            Inputs = inputs.All,
            Root = root,
            Stages = stages,
            States = [.. stages.Select(s => ids.TryGetValue(s, out string? id) ? new StageState(id, s.Signature, s.State) { Steps = StageSteps.Before(s, ids) } : null)],
            LastSteps = StageSteps.Through(root, ids),
            Key = UniqueKey.Of(bound.Plan),
            Warnings = planner.Warnings,
        };
    }

    private static void Collect(StagePlan stage, List<StagePlan> stages)
    {
        foreach (StageInput input in stage.Inputs)
        {
            Collect(input.Stage, stages);
        }

        stages.Add(stage);
    }

    // Stages are numbered by their kind, so that a stage without state more or less changes no name.
    private static Dictionary<StagePlan, string> NameStates(List<StagePlan> stages)
    {
        var ids = new Dictionary<StagePlan, string>(ReferenceEqualityComparer.Instance);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (StagePlan stage in stages.Where(s => s.State.Count > 0))
        {
            int number = counts[stage.Name] = counts.GetValueOrDefault(stage.Name) + 1;
            ids.Add(stage, $"{stage.Name.ToLowerInvariant()}-{number}");
        }

        return ids;
    }
}
