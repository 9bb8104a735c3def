using Millrace.Formats;
using Millrace.Formats.Parquet;

namespace Millrace.Connectors.Iceberg;

/// <summary>An open Parquet file of a table. One thread uses it.</summary>
internal sealed class ParquetInput : IAsyncDisposable
{
    private static readonly ParquetFormat Format = new();

    private readonly IByteSource _source;
    private readonly FileInspection _inspection;

    private ParquetInput(IByteSource source, FileInspection inspection, NameMapping mapping)
    {
        _source = source;
        _inspection = inspection;
        Columns = new FileColumns(inspection.Schema, mapping);
    }

    public FileColumns Columns { get; }

    public string Name => _source.Name;

    public long Length => _source.Length;

    /// <summary>Rows as the file itself tells.</summary>
    public long Rows => _inspection.Rows!.Value;

    public static async ValueTask<ParquetInput> OpenAsync(TableFiles files, DataFile file, NameMapping mapping, CancellationToken cancellation)
    {
        if (file.Format != DataFile.Parquet)
        {
            throw IcebergErrors.Unsupported($"The file '{file.Path}' is of format {file.Format}; Parquet files are read");
        }

        if (file.KeyMetadata is not null)
        {
            throw IcebergErrors.Unsupported($"The file '{file.Path}' is encrypted, which is not supported");
        }

        IByteSource source = await files.OpenAsync(file.Path, cancellation).ConfigureAwait(false);
        try
        {
            return new ParquetInput(source, await Format.InspectAsync(source, new ParquetOptions(), cancellation).ConfigureAwait(false), mapping);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a reader; the input outlives it.</summary>
    public IBatchReader Read(FileReadRequest request) => Format.OpenReader(_source, _inspection, request);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
