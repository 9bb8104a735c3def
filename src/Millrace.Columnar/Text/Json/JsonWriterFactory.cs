namespace Millrace.Columnar;

/// <summary>
/// Makes the writers of JSON from types. Numbers are numbers with all their digits; dates, times, intervals, UUIDs, bytes
/// (as <c>\x</c> and hexadecimal digits) and the floats that JSON cannot say are strings in their text form; JSON text is
/// put in as it is; structs and maps are objects. Who writes a type otherwise derives from it.
/// </summary>
public class JsonWriterFactory
{
    /// <summary>Whether the fields of an object that are null are written, or left out.</summary>
    public bool WriteNulls { get; init; } = true;

    /// <summary>A writer of the columns of a field, not yet bound to one.</summary>
    public virtual JsonValueWriter Create(Field field)
    {
        DataType type = field.Type;
        return type.Id switch
        {
            TypeId.Boolean => new JsonBooleanWriter(),
            TypeId.Utf8 => new JsonStringWriter(),
            TypeId.Json => new JsonRawWriter(),
            TypeId.Binary => new JsonHexWriter(),
            TypeId.FixedBinary => new JsonFixedHexWriter(),
            TypeId.Uuid => new JsonUuidWriter(),
            TypeId.List => new JsonListWriter(Create(type.Element)),
            TypeId.Struct => new JsonStructWriter(CreateObject(type.Children)),
            TypeId.Map => new JsonMapWriter(Create(type.Children[0]), Create(type.Children[1])),
            TypeId.Dictionary => new JsonDictionaryWriter(Create(field.WithType(type.DictionaryValue))),
            _ => TextForms.Dispatch<FixedFactory, JsonValueWriter>(type, new FixedFactory(type)),
        };
    }

    /// <summary>A writer of objects with a member a field.</summary>
    public JsonObjectWriter CreateObject(IReadOnlyList<Field> fields) => new(fields, [.. fields.Select(Create)], WriteNulls);

    private readonly struct FixedFactory(DataType type) : ITextFormVisitor<JsonValueWriter>
    {
        public JsonValueWriter Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T> => new JsonFixedWriter<T, TForm>(form, type.IsNumeric);
    }
}
