namespace Millrace.Columnar.Interop;

/// <summary>
/// Hands columns and types to other code in the same process through the Arrow C data interface, without copying
/// (but for times of day in seconds or milliseconds, which Arrow keeps in 32 bits). The target struct may hold anything before. The consumer
/// owns it afterwards and calls its release once, on any thread; until then the columns' memory stays alive, whether the
/// caller has disposed its own references or not.
/// </summary>
public static unsafe class ArrowExport
{
    public static void Export(Schema schema, ArrowSchema* target) => SchemaExport.Write(schema, target);

    public static void Export(Field field, ArrowSchema* target) => SchemaExport.Write(field, target);

    public static void Export(Column column, ArrowArray* target) => ArrayExport.Write(column, target);

    /// <summary>A batch becomes a struct array with a child for each column.</summary>
    public static void Export(RecordBatch batch, ArrowArray* target) => ArrayExport.Write(batch, target);

    /// <summary>Batches as the consumer asks for them.</summary>
    /// <param name="schema">Schema of all batches.</param>
    /// <param name="next">Called for each batch, which it hands over; null ends the stream. What it throws reaches the consumer as an error with a message.</param>
    /// <param name="release">Called once, when the consumer is done.</param>
    /// <param name="target">The stream to fill.</param>
    public static void Export(Schema schema, Func<RecordBatch?> next, Action? release, ArrowArrayStream* target) => StreamExport.Write(schema, next, release, target);
}
