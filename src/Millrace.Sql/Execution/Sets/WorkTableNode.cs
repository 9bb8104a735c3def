using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The rows of the last round of a recursion.</summary>
/// <param name="schema">Of the rows.</param>
/// <param name="work">Identity of the work table.</param>
public sealed class WorkTableNode(Schema schema, object work) : SourceNode(schema)
{
    public override string Name => "WorkTable";

    public override ValueTask<IBatchSource> OpenAsync(QueryContext context) => new(new WorkTableSource(Schema, context.WorkTables[work]));
}
