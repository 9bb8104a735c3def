namespace Millrace.Formats.Avro;

/// <summary>An inspected file, with what its header says.</summary>
internal sealed record AvroInspection : FileInspection
{
    public required AvroHeader Header { get; init; }

    /// <summary>What the rows are read as: the schema of the options, or the file's own.</summary>
    public required AvroType ReaderSchema { get; init; }
}
