using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Writes the values of a column as the server's <c>receive</c> functions take them, each behind its length. Rows of COPY lie one
/// behind the other, so a column first says how long its values are and then writes each where its row stands.
/// </summary>
internal abstract class ColumnEncoder
{
    protected const int LengthBytes = 4;

    /// <summary>Adds the bytes of each value, its length included, to the size of its row.</summary>
    public abstract void Measure(Column column, Span<int> sizes);

    /// <summary>Writes each value at the place of its row and moves the place behind it. Called after <see cref="Measure"/> of the same column.</summary>
    public abstract void Write(Column column, Span<byte> target, Span<int> places);

    protected static void WriteNull(Span<byte> target, ref int place)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(target[place..], -1);
        place += LengthBytes;
    }
}
