namespace Millrace.Formats.Parquet;

/// <summary>A struct or union of parquet.thrift. Fields that a version of the format does not know are skipped when read.</summary>
public interface IThriftStruct<TSelf>
    where TSelf : IThriftStruct<TSelf>
{
    /// <summary>Reads the fields up to and with the stop byte.</summary>
    static abstract TSelf Read(ref ThriftReader reader);

    /// <summary>Writes the fields that are set; the writer adds the stop byte.</summary>
    void Write(ThriftWriter writer);
}
