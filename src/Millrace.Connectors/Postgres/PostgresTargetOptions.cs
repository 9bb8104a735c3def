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
}
