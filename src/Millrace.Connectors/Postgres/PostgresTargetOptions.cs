using System.ComponentModel;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Where to write, and how.</summary>
public sealed record PostgresTargetOptions : PostgresOptions
{
    [Description("Table to write as schema.table; it is created if it does not exist. Without a schema, public.")]
    [OptionExample("public.orders")]
    public required string Table { get; init; }

    [Description("What to do when the table has rows already. Left out, the write mode decides: append adds, overwrite replaces, merge merges.")]
    public IfExists? IfExists { get; init; }

    [Description("What becomes of rows that write: snapshot_diff, or a source with deletes: compare, finds gone. hard removes them; soft keeps them, with the time in the column _deleted_at.")]
    public SnapshotDeletes Deletes { get; init; } = SnapshotDeletes.Hard;

    [Description("How far an existing table may be changed to fit the rows. add_columns adds those that it lacks; widen gives columns the wider type of the rows too, such as bigint for integer, and lifts the limit of a varchar(n) with the first text that is longer; none refuses rows of other columns or types, and names the differences.")]
    public SchemaChanges SchemaChanges { get; init; } = SchemaChanges.AddColumns;
}

public enum SchemaChanges
{
    AddColumns,
    Widen,
    None,
}
