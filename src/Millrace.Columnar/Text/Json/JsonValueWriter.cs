namespace Millrace.Columnar;

/// <summary>
/// Writes the values of one column as JSON. Numbers are numbers with all their digits; dates, times, intervals, UUIDs,
/// bytes (as <c>\x</c> and hexadecimal digits) and the floats that JSON cannot say are strings in their text form; JSON
/// text is put in as it is; structs and maps are objects. Borrows the column, which outlives it.
/// </summary>
public abstract class JsonValueWriter
{
    /// <summary>A writer for a column of any type.</summary>
    public static JsonValueWriter Create(Column column) => column switch
    {
        BooleanColumn booleans => new JsonBooleanWriter(booleans),
        FixedBinaryColumn binary => new JsonBytesWriter(binary),
        BinaryColumn text => new JsonTextWriter(text),
        ListColumn { Type.Id: TypeId.Map } map => new JsonMapWriter(map),
        ListColumn list => new JsonListWriter(list),
        StructColumn structs => new JsonStructWriter(structs),
        DictionaryColumn dictionary => new JsonDictionaryWriter(dictionary),
        _ => TextForms.Dispatch<FixedFactory, JsonValueWriter>(column.Type, new FixedFactory(column)),
    };

    /// <summary>Appends the value of a row, <c>null</c> where there is none.</summary>
    public abstract void Write(int row, ByteBuffer target);

    /// <summary>Appends the value of a row as a string, whatever its type: the key of an object.</summary>
    public virtual void WriteKey(int row, ByteBuffer target)
    {
        int start = target.Length;
        Write(row, target);
        if (target.Written[start] != (byte)'"')
        {
            byte[] plain = target.Written[start..].ToArray();
            target.Truncate(start);
            JsonString.Write(plain, target);
        }
    }

    private protected static void WriteNull(ByteBuffer target) => target.Write("null"u8);

    private readonly struct FixedFactory(Column column) : ITextFormVisitor<JsonValueWriter>
    {
        public JsonValueWriter Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T> => new JsonFixedWriter<T, TForm>((FixedColumn<T>)column, form);
    }
}
