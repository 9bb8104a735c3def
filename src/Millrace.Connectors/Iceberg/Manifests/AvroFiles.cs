using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Formats.Avro;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Avro files of a table, in and out, through the format that every other Avro file takes.</summary>
internal static class AvroFiles
{
    private static readonly AvroFormat Format = new();

    /// <summary>The records of a file, as it has them, batch by batch; the caller owns each batch. The file's properties are the metadata of the schemas.</summary>
    public static async IAsyncEnumerable<RecordBatch> ReadAsync(TableFiles files, string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IByteSource source = await files.OpenAsync(path, cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            FileInspection inspection = await Format.InspectAsync(source, new AvroOptions(), cancellation).ConfigureAwait(false);
            IBatchReader reader = Format.OpenReader(source, inspection, new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(source.Length), BatchRows = 256 });
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                {
                    yield return batch;
                }
            }
        }
    }

    /// <summary>Writes a file of records and begins to publish it; returns its size.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="path">Path of the new file.</param>
    /// <param name="record">The type of the records.</param>
    /// <param name="name">Name of the record type.</param>
    /// <param name="properties">Properties of the file.</param>
    /// <param name="write">Appends the records; called with the builders and what empties them into the file.</param>
    /// <param name="publisher">Publishes the file.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<long> WriteAsync(
        TableFiles files,
        string path,
        IcebergStruct record,
        string name,
        IReadOnlyDictionary<string, string> properties,
        Func<IdBuilders, Func<ValueTask>, ValueTask> write,
        Publisher<string> publisher,
        CancellationToken cancellation)
    {
        IStagedObject staged = await files.StageAsync(path, cancellation).ConfigureAwait(false);
        try
        {
            using var builders = new IdBuilders(AvroSchemaText.ColumnsOf(record));
            var options = new AvroOptions { Schema = AvroSchemaText.Of(record, name), Compression = "deflate", Metadata = properties };
            IBatchWriter writer = Format.OpenWriter(new StagedTarget(staged, path), builders.Schema, options);
            await using (writer.ConfigureAwait(false))
            {
                await write(builders, FlushAsync).ConfigureAwait(false);
                if (builders.Rows > 0)
                {
                    await FlushAsync().ConfigureAwait(false);
                }

                await writer.FinishAsync(cancellation).ConfigureAwait(false);
            }

            async ValueTask FlushAsync()
            {
                using RecordBatch batch = builders.Build();
                await writer.WriteAsync(batch, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            await staged.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        long length = staged.Position;
        await publisher.AddAsync(async () =>
        {
            await using (staged.ConfigureAwait(false))
            {
                await staged.PublishAsync(PutCondition.IfAbsent, cancellation).ConfigureAwait(false);
                return path;
            }
        }).ConfigureAwait(false);
        return length;
    }
}
