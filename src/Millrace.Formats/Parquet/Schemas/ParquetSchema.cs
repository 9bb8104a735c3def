using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The schema of a file as columns, with the way to each leaf.</summary>
/// <param name="Schema">The columns.</param>
/// <param name="Columns">A node per column of <paramref name="Schema"/>.</param>
/// <param name="Leaves">Every leaf of the file in the order of the chunks.</param>
/// <param name="Notes">What was done to names and types, for people.</param>
public sealed record ParquetSchema(Schema Schema, IReadOnlyList<SchemaNode> Columns, IReadOnlyList<SchemaLeaf> Leaves, IReadOnlyList<string> Notes);
