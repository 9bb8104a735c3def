using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>
/// A value does not fit the type that was inferred for its column from a sample. Nothing is wrong with the file: whoever
/// drives the read starts again with the wider type. Since nothing of the epoch is committed, no row is lost or doubled.
/// </summary>
public sealed class SchemaWideningException(string column, DataType? from, DataType to, ErrorPlace place)
    : Exception($"Column '{column}' holds a value at {place} that needs {to}; the sample {(from is null ? "did not have the column" : $"suggested {from}")}.")
{
    /// <summary>Name of the column in the file.</summary>
    public string Column => column;

    /// <summary>Null for a column that the sample did not have: then the schema gets it, as its last one.</summary>
    public DataType? From => from;

    /// <summary>A type that holds both the sample's values and the new one.</summary>
    public DataType To => to;

    public ErrorPlace Place => place;
}
