using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Brings the rows of a file into the table's order (specification, "Sort Orders"). Immutable.</summary>
internal sealed class RowOrder
{
    private readonly SortField[] _fields;
    private readonly FieldPlace[] _places;

    private RowOrder(SortOrder order, FieldPlace[] places)
    {
        Id = order.Id;
        _fields = [.. order.Fields];
        _places = places;
    }

    public int Id { get; }

    /// <summary>The order of a table; null where it has none, or one that is not known.</summary>
    public static RowOrder? Of(SortOrder order, TableSchema schema)
    {
        var places = new List<FieldPlace>();
        foreach (SortField field in order.Fields)
        {
            if (field.Transform.Kind == TransformKind.Unknown || schema.Find(field.SourceId)?.Type is not IcebergPrimitive || FieldPlace.Of(schema, field.SourceId) is not { } place)
            {
                return null;
            }

            places.Add(place);
        }

        return places.Count == 0 ? null : new RowOrder(order, [.. places]);
    }

    /// <summary>The rows of all batches in order, as batches which the caller owns. The batches are borrowed.</summary>
    public IEnumerable<RecordBatch> Sort(IReadOnlyList<RecordBatch> batches)
    {
        if (batches.Count == 0)
        {
            yield break;
        }

        using RecordBatch whole = Concat.Batches(batches);
        int[] order = ArrayPool<int>.Shared.Rent(whole.Length);
        try
        {
            Arrange(whole, order.AsSpan(0, whole.Length));
            for (int start = 0; start < whole.Length; start += RecordBatch.DefaultRows)
            {
                yield return Take.Rows(whole, order.AsSpan(start, Math.Min(RecordBatch.DefaultRows, whole.Length - start)));
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(order);
        }
    }

    private void Arrange(RecordBatch rows, Span<int> order)
    {
        var keys = new List<Column>(_fields.Length);
        try
        {
            for (int i = 0; i < _fields.Length; i++)
            {
                using Column source = _places[i].In(rows);
                keys.Add(TransformColumn.Apply(_fields[i].Transform, source));
            }

            Columnar.Sort.Indices([.. keys.Select((k, i) => new SortKey(k, _fields[i].Descending, _fields[i].NullsFirst))], order);
        }
        finally
        {
            keys.ForEach(k => k.Dispose());
        }
    }
}
