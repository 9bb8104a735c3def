using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>A column of rows to write, beside that of the table.</summary>
/// <param name="Source">Its place among the columns of the rows.</param>
/// <param name="Name">Its name in the table.</param>
/// <param name="Type">Type into which values are converted.</param>
/// <param name="TypeText">The table's type, for messages.</param>
internal sealed record WrittenColumn(int Source, string Name, DataType Type, string TypeText);
