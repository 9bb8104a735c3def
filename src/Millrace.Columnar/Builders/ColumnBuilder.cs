namespace Millrace.Columnar;

/// <summary>
/// Builds a column row by row or run by run. One thread uses it. <see cref="Build"/> hands the memory to the column and
/// leaves the builder empty and ready for the next one.
/// </summary>
public abstract class ColumnBuilder : IDisposable
{
    private protected ValidityBuilder Validity;

    protected ColumnBuilder(DataType type) => Type = type;

    public DataType Type { get; }

    /// <summary>Rows appended since the last <see cref="Build"/>.</summary>
    public int Length { get; protected set; }

    public int NullCount => Validity.NullCount;

    /// <summary>A builder for any type.</summary>
    /// <param name="type">Type of the column to build.</param>
    /// <param name="capacity">Rows to expect.</param>
    public static ColumnBuilder Create(DataType type, int capacity = RecordBatch.DefaultRows) => type.Layout switch
    {
        TypeLayout.Bit => new BooleanBuilder(capacity),
        TypeLayout.Fixed => FixedType.Dispatch<FixedFactory, ColumnBuilder>(type, new FixedFactory(capacity)),
        TypeLayout.VarBinary => new BinaryBuilder(type, capacity),
        TypeLayout.List => new ListBuilder(type, capacity),
        TypeLayout.Struct => new StructBuilder(type, capacity),
        TypeLayout.Dictionary => new DictionaryBuilder(type, capacity),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public void AppendNull()
    {
        AppendDefault();
        Validity.AppendNull(Length - 1);
    }

    /// <summary>Turns an appended row into a null; the value written for it stays and is not seen.</summary>
    public void SetNull(int row) => Validity.SetNull(row, Length);

    /// <summary>Appends rows of another column of the same type.</summary>
    public abstract void AppendRange(Column source, int start, int count);

    /// <summary>Makes a column of the rows; the caller owns it. The builder is empty afterwards.</summary>
    public abstract Column Build();

    /// <summary>Forgets the last rows, so that a row that turns out to be bad half-way leaves no trace.</summary>
    public abstract void Truncate(int length);

    public abstract void Dispose();

    /// <summary>Appends a row with a value that means nothing and counts as valid; <see cref="AppendNull"/> then marks it null.</summary>
    protected abstract void AppendDefault();

    private readonly struct FixedFactory(int capacity) : IFixedVisitor<ColumnBuilder>
    {
        public ColumnBuilder Visit<T>(DataType type)
            where T : unmanaged => new FixedBuilder<T>(type, capacity);

        public ColumnBuilder VisitBinary(DataType type) => new FixedBinaryBuilder(type, capacity);
    }
}
