using System.ComponentModel;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Where to write, and how.</summary>
public sealed record MySqlTargetOptions : MySqlOptions
{
    [Description("Table to write, as table or database.table; it is created if it does not exist.")]
    [OptionExample("orders")]
    public required string Table { get; init; }

    [Description("What to do when the table has rows already. Left out, the write mode decides: append adds, overwrite replaces, merge merges.")]
    public IfExists? IfExists { get; init; }

    [Description("What becomes of rows that a source with deletes: compare finds gone. hard removes them; soft keeps them, with the time in the column _deleted_at.")]
    public SnapshotDeletes Deletes { get; init; } = SnapshotDeletes.Hard;
}
