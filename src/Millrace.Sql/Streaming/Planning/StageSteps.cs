namespace Millrace.Sql.Streaming;

/// <summary>
/// What is done with rows between the stages that keep something, as text that is the same in every run of the same query. State
/// was made of the rows that these steps let through.
/// </summary>
internal static class StageSteps
{
    /// <summary>What is done before a stage, down to the stages that keep something and the inputs.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="ids">Ids of the stages that keep something.</param>
    public static string Before(StagePlan stage, IReadOnlyDictionary<StagePlan, string> ids) => string.Join("; ", stage.Inputs.Select(i => Through(i.Stage, ids)));

    /// <summary>What is done in a stage and before it, down to the same.</summary>
    public static string Through(StagePlan stage, IReadOnlyDictionary<StagePlan, string> ids) => stage switch
    {
        _ when ids.TryGetValue(stage, out string? id) => id,
        InputStage input => input.Input.Table.Name,
        RowStage rows => $"{rows.Details} ← {Before(rows, ids)}",
        _ => $"{stage.Name} ({Before(stage, ids)})",
    };
}
