namespace Bitrix24;

/// <summary>Specifies whether the portal executed a call.</summary>
public enum CallExecution
{
    /// <summary>The outcome is unknown. The portal may have executed the call: check before you send it again.</summary>
    Unknown = 0,

    /// <summary>The portal did not execute the call. It is safe to send the call again.</summary>
    NotExecuted = 1,

    /// <summary>The portal executed the call successfully. No exception has this value.</summary>
    Executed = 2,
}
