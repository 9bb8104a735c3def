using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>How a query is answered while its inputs grow. Immutable; <see cref="StreamRun"/> runs it.</summary>
public sealed record StreamPlan
{
    /// <summary>Columns of the result.</summary>
    public required Schema Schema { get; init; }

    /// <summary>What it reads.</summary>
    public required IReadOnlyList<StreamInput> Inputs { get; init; }

    /// <summary>The last stage. Its schema has the columns of <see cref="Schema"/> by the names of the plan.</summary>
    public required StagePlan Root { get; init; }

    /// <summary>All stages, each behind those that it takes rows from.</summary>
    public required IReadOnlyList<StagePlan> Stages { get; init; }

    /// <summary>What the stages keep; null for one that keeps nothing. Same order as <see cref="Stages"/>.</summary>
    public required IReadOnlyList<StageState?> States { get; init; }

    /// <summary>What is done with what the last stages that keep something give, as text; state is not made of it.</summary>
    public string? LastSteps { get; init; }

    /// <summary>Numbers of the columns of the result by which its rows are told apart; null where nothing is known.</summary>
    public IReadOnlyList<int>? Key { get; init; }

    /// <summary>What the user should know: state that grows for ever, windows that never close.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether rows of the result are taken back or changed; otherwise they are only added.</summary>
    public bool IsChanges => Root.IsChanges;

    /// <summary>Schema of the batches that a run gives: with weights if it gives changes.</summary>
    public Schema BatchSchema => IsChanges ? Weights.Append(Schema) : Schema;
}
