namespace Millrace.Runtime.Streaming;

/// <summary>Errors of queries that run on as jobs.</summary>
public static class StreamingErrors
{
    public static readonly ErrorCode LateRow = new("MR4401", "A row came after its window was closed.", "Allow more lateness: WATERMARK FOR ts AS ts - INTERVAL '…', or late.data = 'update' with allowed.lateness.", Class: ErrorClass.Data);
    public static readonly ErrorCode StateMissing = new("MR4402", "The state of a query that belongs to its last commit is not there.", "Bring the file back, go to an epoch whose state is kept with `millrace state rewind`, or begin anew with `millrace state reset`.");
    public static readonly ErrorCode StateChanged = new("MR4403", "A query was changed, and what it has remembered no longer fits.", "Undo the change (columns that are not declared may get other types with what is read: declare them); where a stage still fits and only the steps before it are others, let it keep what it has made of the old rows: state.on_change = 'keep'; let what changed begin with nothing: state.on_change = 'rebuild'; or begin anew: `millrace state reset`.");
    public static readonly ErrorCode EndedCode = new("MR4404", "A query whose inputs had ended finds more rows.", "Go back to the epoch before it ended with `millrace state rewind`, which opens again what the end has closed, and follow the inputs from then on: WITH (follow = 'true') and drain = off; or begin anew with `millrace state reset`.");
    public static readonly ErrorCode OtherTarget = new("MR4407", "The state of a job is that of another job of the same name.", "Give one of them another name: -- @name: totals; or remove the folder if that job is no more.");
    public static readonly ErrorCode JobTwice = new("MR4406", "Two statements run under the same name.", "Give one of them another: -- @name: totals");

    public static readonly ErrorCode BadLateTable = new("MR4408", "A table cannot get the late rows of a query.", "See docs/guides/windows.md, \"Late rows\".");

    internal static MillraceException LateTable(string table, string fault, string hint) => BadLateTable.Error($"'{table}' cannot get the late rows: {fault}.", hint: hint);

    internal static MillraceException Ended(string table) => EndedCode.Error($"'{table}' has more rows, and the query has ended: it had read its inputs to their end, because none is followed or the run was drained, and has closed its windows and let go of what it waited with.");
}
