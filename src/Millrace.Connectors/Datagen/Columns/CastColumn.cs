using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Another column in another type.</summary>
internal sealed class CastColumn(string name, ColumnGenerator inner, DataType type) : ColumnGenerator(type)
{
    public override long RowBytes => Math.Max(inner.RowBytes, Type.ByteWidth) + 32;

    public override bool Nullable => inner.Nullable;

    public override void Check(long firstRow, long lastRow) => inner.Check(firstRow, lastRow);

    public override Column Build(long firstRow, int count)
    {
        using Column values = inner.Build(firstRow, count);
        CastResult cast = Cast.To(values, Type);
        if (cast.Failures is [var failure, ..])
        {
            cast.Column.Dispose();
            throw DatagenErrors.Field(name, $"is of type {Type}, which its value in row {firstRow + failure.Row} does not fit: {failure.Message.TrimEnd('.')}", new ErrorPlace());
        }

        return cast.Column;
    }

    public override void Dispose() => inner.Dispose();
}
