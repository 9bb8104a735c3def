using System.Collections.Immutable;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Formats.Avro;

[assembly: FileFormat(typeof(AvroFormat))]

namespace Millrace.Formats.Avro;

/// <summary>Avro object container files (Apache Avro specification 1.12).</summary>
public sealed class AvroFormat : FileFormat
{
    public override string Name => "avro";

    public override string Summary => "Avro object container files: rows in compressed blocks behind their schema.";

    public override IReadOnlyList<string> Extensions => ["avro"];

    public override FormatCapabilities Capabilities { get; } = new()
    {
        CanRead = true,
        CanWrite = true,
        SelfDescribing = true,
        PushesProjection = true,
        Splittable = true,
        CompressesInside = true,
        Nested = true,
    };

    public override Type OptionsType => typeof(AvroOptions);

    public override int Recognise(ReadOnlySpan<byte> head) => head.StartsWith(AvroHeader.Magic) ? 100 : 0;

    public override async ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
    {
        AvroHeader header = await AvroHeader.ReadAsync(source, cancellation).ConfigureAwait(false);
        if (AvroCodecs.Find(header.Codec) is null)
        {
            throw AvroErrors.Codec(source.Name, header.Codec);
        }

        AvroType reader = ((AvroOptions)options).ReaderSchema is { } text ? AvroSchemaSource.Read(text) : header.Schema;
        Schema schema = AvroMapping.ToSchema(reader).WithMetadata(header.Metadata.ToImmutableDictionary(StringComparer.Ordinal));
        if (reader != header.Schema)
        {
            using var check = new RowDecoder(header.Schema, reader, schema, capacity: 0);
        }

        return new AvroInspection
        {
            Schema = schema,
            Options = options,
            Header = header,
            ReaderSchema = reader,
            Notes = [$"codec {header.Codec}"],
        };
    }

    /// <summary>The marker stands behind the header and behind every block.</summary>
    public override async ValueTask CheckEndAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
    {
        AvroHeader header = await AvroHeader.ReadAsync(source, cancellation).ConfigureAwait(false);
        byte[] marker = new byte[AvroHeader.SyncSize];
        await source.ReadFullyAsync(source.Length - marker.Length, marker, cancellation).ConfigureAwait(false);
        if (!marker.AsSpan().SequenceEqual(header.Sync))
        {
            throw AvroErrors.Truncated(source.Name, source.Length, "a block");
        }
    }

    public override IAsyncEnumerable<FileRange> PlanAsync(IByteSource source, FileInspection inspection, long targetBytes, CancellationToken cancellation)
        => BlockRanges.PlanAsync(source, ((AvroInspection)inspection).Header, targetBytes, cancellation);

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request)
        => new AvroBatchReader(source, (AvroInspection)inspection, request);

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options)
        => new AvroBatchWriter(target, schema, (AvroOptions)options);
}
