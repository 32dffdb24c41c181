namespace Bitrix24;

/// <summary>Whether the portal ran a call.</summary>
public enum CallExecution
{
    /// <summary>Not known: the portal may have done what was asked. Find out before the call is made again.</summary>
    Unknown = 0,

    /// <summary>The portal did not run the call. Making it again cannot do anything twice.</summary>
    NotExecuted = 1,

    /// <summary>The portal ran the call, and did what was asked. No exception says this.</summary>
    Executed = 2,
}
