"""The matrix as an xlsx: written as the sheet looks and flat for machines, and read back from either.

`layout` where things stand · `paper` and `flat` the two sheets · `writing` the whole book ·
`heads` and `marks` what is read tolerantly · `bare` the sheet as a customer has it · `reading` which of the
sheets counts · `matching` the rows found again in an edition · `defaults` what a new row gets ·
`importing` the commands.
"""
