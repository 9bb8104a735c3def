using System.Collections.Concurrent;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Rows that are deleted by the values of some columns (specification, "Equality Delete Files"). A file of deletes is read once for all
/// data files that it is for. Any thread may ask; disposed when the scan has ended.
/// </summary>
internal sealed class EqualityDeletes(TableFiles files, TableMetadata table, TableSchema schema, NameMapping mapping) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<DeletedKeys>>> _read = new(StringComparer.Ordinal);

    /// <summary>The keys in some files.</summary>
    public async ValueTask<List<DeletedKeys>> OfAsync(IReadOnlyList<DataFile> deletes, CancellationToken cancellation)
    {
        var all = new List<DeletedKeys>(deletes.Count);
        foreach (DataFile file in deletes)
        {
            all.Add(await _read.GetOrAdd(file.Path, _ => new(() => ReadAsync(file, cancellation))).Value.ConfigureAwait(false));
        }

        return all;
    }

    public void Dispose()
    {
        foreach (Lazy<Task<DeletedKeys>> read in _read.Values)
        {
            if (read is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                read.Value.Result.Dispose();
            }
        }
    }

    /// <summary>The column of an id in the schema that is read, or the newest that has it: deletes may be on a column that is dropped by now.</summary>
    public IcebergField FieldOf(int id)
        => schema.Find(id) ?? table.Schemas.Reverse().Select(s => s.Find(id)).FirstOrDefault(f => f is not null)
            ?? throw IcebergErrors.Unsupported($"A file of deletes is about the column with id {id}, which no schema of the table has");

    private async Task<DeletedKeys> ReadAsync(DataFile file, CancellationToken cancellation)
    {
        if (file.EqualityIds.Count == 0)
        {
            throw IcebergErrors.Unsupported($"The file of equality deletes '{file.Path}' does not tell its columns");
        }

        IcebergField[] fields = [.. file.EqualityIds.Select(FieldOf)];
        var batches = new List<RecordBatch>();
        try
        {
            ParquetInput input = await ParquetInput.OpenAsync(files, file, mapping, cancellation).ConfigureAwait(false);
            await using (input.ConfigureAwait(false))
            {
                var columns = new Schema(fields.Select(f => Wanted(input, f)));
                IBatchReader reader = input.Read(new FileReadRequest { Columns = columns, Range = FileRange.Whole(input.Length) });
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                    {
                        batches.Add(batch);
                    }
                }
            }

            return new DeletedKeys(fields, batches.Count == 0 ? null : Concat.Batches(batches));
        }
        finally
        {
            batches.ForEach(b => b.Dispose());
        }
    }

    private static Field Wanted(ParquetInput input, IcebergField field)
        => field.Type is IcebergPrimitive && input.Columns.Find(field.Id) is { } found
            ? found.WithType(TypeMapping.ToColumnType(field.Type))
            : throw IcebergErrors.Unsupported($"The file of deletes '{input.Name}' compares the column '{field.Name}', which it lacks or which is nested");
}

/// <summary>The keys of one file of deletes. Read by several threads at once.</summary>
/// <param name="fields">The columns that are compared.</param>
/// <param name="keys">Their values, taken over; null for none.</param>
internal sealed class DeletedKeys(IReadOnlyList<IcebergField> fields, RecordBatch? keys) : IDisposable
{
    private readonly KeyTable? _keys = keys is null ? null : new KeyTable(keys);

    public IReadOnlyList<IcebergField> Fields => fields;

    /// <summary>Marks the rows whose values are among the keys.</summary>
    /// <param name="columns">The compared columns, in the order of <see cref="Fields"/>.</param>
    /// <param name="deleted">A mark per row; marks that are set stay.</param>
    public void Mark(Column[] columns, Span<bool> deleted)
    {
        if (_keys is null)
        {
            return;
        }

        int[] groups = new int[deleted.Length];
        _keys.Find(columns, groups);
        for (int row = 0; row < groups.Length; row++)
        {
            deleted[row] |= groups[row] != KeyTable.None;
        }
    }

    public void Dispose() => _keys?.Dispose();
}
