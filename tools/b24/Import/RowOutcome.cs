namespace Bitrix24.CommandLine;

/// <summary>Specifies the outcome of a row of an import.</summary>
internal enum RowOutcome : byte
{
    /// <summary>The row is not in the report. It was not sent.</summary>
    None,

    /// <summary>The row is about to be sent. If the report ends with this, the import was interrupted.</summary>
    Sending,

    /// <summary>The call list was created.</summary>
    Created,

    /// <summary>The call list was not created.</summary>
    NotCreated,

    /// <summary>The call list may have been created.</summary>
    Unknown,
}
