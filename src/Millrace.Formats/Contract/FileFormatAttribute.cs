namespace Millrace.Formats;

/// <summary>
/// Registers a format: <c>[assembly: FileFormat(typeof(CsvFormat))]</c> stands on top of the format's own file, and nothing
/// else names it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class FileFormatAttribute(Type format) : Attribute
{
    /// <summary>A subclass of <see cref="FileFormat"/> with a constructor without parameters.</summary>
    public Type Format => format;
}
