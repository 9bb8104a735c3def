using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Formats.Parquet;

[assembly: FileFormat(typeof(ParquetFormat))]

namespace Millrace.Formats.Parquet;

/// <summary>Apache Parquet: columns in compressed pages, with a footer that says where they are.</summary>
public sealed class ParquetFormat : FileFormat
{
    public override string Name => "parquet";

    public override string Summary => "Apache Parquet: typed, compressed columns.";

    public override IReadOnlyList<string> Extensions { get; } = ["parquet", "parq", "pq"];

    public override FormatCapabilities Capabilities { get; } = new()
    {
        CanRead = true,
        CanWrite = true,
        SelfDescribing = true,
        PushesProjection = true,
        PushesPredicate = true,
        Splittable = true,
        CompressesInside = true,
        Nested = true,
    };

    public override Type OptionsType => typeof(ParquetOptions);

    public override int Recognise(ReadOnlySpan<byte> head)
        => head.StartsWith(FooterReader.Magic) || head.StartsWith(FooterReader.EncryptedMagic) ? 100 : 0;

    public override async ValueTask<FileInspection> InspectAsync(IByteSource source, FormatOptions options, CancellationToken cancellation)
        => await FooterReader.ReadAsync(source, (ParquetOptions)options, cancellation).ConfigureAwait(false);

    public override async IAsyncEnumerable<FileRange> PlanAsync(
        IByteSource source,
        FileInspection inspection,
        long targetBytes,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (FileRange range in RowGroupPlanner.Plan(((ParquetInspection)inspection).Places, source.Length, targetBytes))
        {
            yield return range;
        }
    }

    public override IBatchReader OpenReader(IByteSource source, FileInspection inspection, FileReadRequest request)
        => new ParquetReader(source, (ParquetInspection)inspection, request);

    public override IBatchWriter OpenWriter(IByteTarget target, Schema schema, FormatOptions options) => new ParquetWriter(target, schema, (ParquetOptions)options);
}
