using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>The columns of rows that a merge stores.</summary>
internal static class StoredColumns
{
    /// <summary>Of changes not those that say what happened.</summary>
    public static Schema Of(Schema schema)
        => schema.IndexOf(ChangeColumns.Op) < 0 ? schema : new Schema(schema.Fields.Where(f => !ChangeColumns.All.Contains(f.Name)));
}
